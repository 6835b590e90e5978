#include "apps/weir/builtin_stages.hpp"

#include "stages/file/glob.hpp"
#include "stages/stages.hpp"

#include <fmt/format.h>

namespace weir::command {

namespace {

std::vector<std::string> expanded(const std::vector<word>& patterns) {
  std::vector<std::string> paths;
  for (const word& each : patterns) {
    std::vector<std::string> found = stages::expand_glob(each.pattern);
    paths.insert(paths.end(), found.begin(), found.end());
  }
  return paths;
}

auto declare_read(arguments& line) {
  struct given {
    std::vector<word> paths;
    bool raw = false;
  };
  const auto of = std::make_shared<given>();
  line.flag("--raw", of->raw, "do not decompress what looks like gzip or zstd");
  line.positionals("PATH", of->paths, "files, globs such as logs/*.gz, or - for standard input");
  return [of] { return stages::read({.paths = expanded(of->paths), .raw = of->raw}); };
}

auto declare_write(arguments& line) {
  const auto of = std::make_shared<stages::write_options>();
  line.flag("--fsync", of->fsync, "wait until the file is on the disk");
  line.positional("PATH", of->path, "the file, complete or not there at all; - for standard output");
  return [of] { return stages::write(*of); };
}

} // namespace

void add_file_stages(stage_registry& to, const open_result& results) {
  to.add("read", "reads files, decompressing gzip and zstd", declare_read);
  to.add("write", "writes a file", declare_write);
  to.add("count", "prints RECORDS BYTES", [results](arguments&) {
    return [results] {
      return stages::count(
          [print = results()](const stages::counts& all) { print(fmt::format("{} {}\n", all.records, all.bytes)); });
    };
  });
  to.add("null", "drops all it gets", [](arguments&) { return [] { return stages::null(); }; });
}

} // namespace weir::command
