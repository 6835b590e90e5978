#include "apps/weir/builtin_stages.hpp"

#include "apps/weir/failure.hpp"

#include "stages/file/glob.hpp"
#include "stages/stages.hpp"

#include <fmt/format.h>

namespace weir::command {

namespace {

std::vector<std::string> expanded(const std::vector<word>& patterns) {
  std::vector<std::string> paths;
  try {
    for (const word& each : patterns) {
      std::vector<std::string> found = stages::expand_glob(each.pattern);
      paths.insert(paths.end(), found.begin(), found.end());
    }
  } catch (const std::runtime_error& nothing) { throw missing_input(nothing.what()); }
  return paths;
}

auto declare_read(arguments& line, session& of_run) {
  struct given {
    std::vector<word> paths;
    bool raw = false;
  };
  const auto of = std::make_shared<given>();
  line.flag("--raw", of->raw, "do not decompress what looks like gzip or zstd");
  line.positionals("PATH", of->paths, "files, globs such as logs/*.gz, or - for standard input");
  return [of, &of_run] {
    return stages::read(
        {.paths = expanded(of->paths), .raw = of->raw, .resume = of_run.journal, .first_line = of_run.first_lines});
  };
}

auto declare_write(arguments& line, session& of_run) {
  const auto of = std::make_shared<stages::write_options>();
  line.flag("--fsync", of->fsync, "wait until the file is on the disk");
  line.flag("--append", of->append, "write behind what the file has, at once; with --checkpoint a run can go on there");
  line.positional("PATH", of->path, "the file, complete or not there at all; - for standard output");
  return [of, &of_run] {
    stages::write_options with = *of;
    with.fsync = with.fsync || (with.append && of_run.checkpointed);
    with.keep_every = of_run.keep_every;
    with.positions = of_run.journal;
    return stages::write(std::move(with));
  };
}

} // namespace

void add_file_stages(stage_registry& to, session& of) {
  to.add("read", "reads files, decompressing gzip and zstd", [&of](arguments& line) { return declare_read(line, of); });
  to.add("write", "writes a file", [&of](arguments& line) { return declare_write(line, of); });
  to.add("count", "prints RECORDS BYTES", [&of](arguments&) {
    return [&of] {
      return stages::count([print = of.open_result()](const stages::counts& all) {
        print(fmt::format("{} {}\n", all.records, all.bytes));
      });
    };
  });
  to.add("null", "drops all it gets", [](arguments&) { return [] { return stages::null(); }; });
}

} // namespace weir::command
