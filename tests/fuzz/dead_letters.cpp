// Dead letters: what is written comes back byte for byte, and a file that is none, or a broken one, is refused by its place.

#include "tests/fuzz/fuzz_target.hpp"

#include <weir/block.hpp>

#include <cstring>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

#include "stages/record/dead_letter_file.hpp"
#include "stages/record/letter_unwrapper.hpp"

namespace {

using namespace weir;
using fuzz::must;

constexpr std::size_t k_block = std::size_t{1} << 20;

block block_of(block_pool& pool, std::string_view text) {
  block made = pool.try_take();
  must(made && text.size() <= made.capacity(), "the text fits");
  std::memcpy(made.data(), text.data(), text.size());
  made.resize(text.size());
  made.position(1000);
  made.end_position(1000 + text.size());
  return made;
}

/// A file in memory that has a path.
class memory_file {
 public:
  memory_file() : number_(memfd_create("letters", MFD_CLOEXEC)) {}
  ~memory_file() { ::close(number_); }
  memory_file(const memory_file&) = delete;
  memory_file& operator=(const memory_file&) = delete;

  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(number_); }
  [[nodiscard]] std::string take() const {
    std::string text(static_cast<std::size_t>(lseek(number_, 0, SEEK_END)), '\0');
    must(pread(number_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()), "read back");
    return text;
  }

 private:
  int number_;
};

/// Pieces between 0x02; the stage of each is "json" or "where" by its length.
void round_trip(std::string_view bytes, block_pool& pool) {
  std::vector<std::string> raws(1);
  for (const char c : bytes) {
    if (c == '\x02') {
      raws.emplace_back();
    } else {
      raws.back() += c;
    }
  }
  const memory_file file;
  {
    stages::dead_letter_file letters(file.path());
    for (const std::string& raw : raws) {
      stages::bad_record_report bad;
      bad.stage = raw.size() % 2 == 0 ? "json" : "where#2";
      bad.message = raw;
      bad.file = "a\"b.log";
      bad.line = raw.size();
      bad.raw = raw;
      letters.append("run \xFF", bad);
    }
    letters.flush();
  }
  const std::string text = file.take();
  for (const char* stage : {"", "json", "where"}) {
    std::string wanted;
    std::uint64_t count = 0;
    for (const std::string& raw : raws) {
      const bool is_json = raw.size() % 2 == 0;
      if (*stage != '\0' && is_json != (std::string_view(stage) == "json")) continue;
      wanted += raw + "\n";
      ++count;
    }
    stages::letter_reader reader("letters");
    block letters = block_of(pool, text);
    must(stages::unwrap_letters(reader, letters, {std::string(stage)}) == count, "as many records as letters");
    must(letters.text() == wanted, "the records as they were");
    must(letters.position() == 1000 && letters.end_position() == 1000 + text.size(), "the letters' positions");
  }
}

/// Any bytes as a file of letters: records, or an error that names the file; never more bytes than there were.
void any_file(std::string_view bytes, block_pool& pool) {
  stages::letter_reader reader("letters");
  block letters = block_of(pool, bytes);
  try {
    (void)stages::unwrap_letters(reader, letters, {});
    must(letters.size() <= bytes.size(), "records are shorter than their letters");
  } catch (const stages::bad_data& refused) {
    must(std::string_view(refused.what()).starts_with("letters (byte 1"), refused.what());
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  block_pool pool(k_block, 4 * k_block);
  fuzz::choices input(data, size);
  const bool writes = input.one_in(2);
  const std::string_view bytes = input.rest().substr(0, 32 * 1024);
  if (writes) {
    round_trip(bytes, pool);
  } else {
    any_file(bytes, pool);
  }
  return 0;
}
