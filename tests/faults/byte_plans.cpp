#include "tests/faults/byte_plans.hpp"

#include "stages/stages.hpp"
#include "tests/stages/support.hpp"

#include <filesystem>
#include <memory>
#include <sstream>
#include <string>

namespace weir::test {

namespace {

constexpr std::size_t k_text = 60'000;

/// The files of one shape: made once, so that only the run itself is under test.
struct byte_files {
  scratch_dir dir;
  std::string text = random_lines(3, k_text);
  std::string in = dir / "in";
  std::string out = dir / "out";
  std::string expected;

  byte_files() {
    text += '\n';
    write_file(in, text);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (line.find('e') != std::string::npos) { expected += line + '\n'; }
    }
  }

  /// The output is whole or absent, and nothing lies beside it.
  bool absent_or_whole(bool must_be_there) const {
    const bool there = std::filesystem::exists(out);
    const bool good = there ? read_file(out) == expected : !must_be_there;
    std::filesystem::remove(out);
    return good && dir.entries() == 1;
  }
};

run_options small_blocks() { return {.memory = 64u << 20, .block_size = 8192}; }

} // namespace

std::vector<named_run> byte_runs() {
#if WEIR_STAGES_COMPRESS && WEIR_STAGES_REGEX
  const auto files = std::make_shared<byte_files>();
  const auto grep_and_gzip = [files](engine& where) {
    const plan p = stages::read({.paths = {files->in}}) | stages::lines() |
                   stages::grep({.pattern = "e", .fixed = true}) | stages::gzip() | stages::gunzip() |
                   stages::write({.path = files->out});
    (void)p.check(small_blocks());
    (void)p.start(small_blocks(), where).wait();
    return true;
  };
  return {{"Bytes", grep_and_gzip, [files](bool succeeded) { return files->absent_or_whole(succeeded); }}};
#else
  return {};
#endif
}

} // namespace weir::test
