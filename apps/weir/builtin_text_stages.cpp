#include "apps/weir/builtin_stages.hpp"

#include "apps/weir/pace_of.hpp"
#include "stages/stages.hpp"

namespace weir::command {

namespace {

#if WEIR_STAGES_REGEX
auto declare_grep(arguments& line) {
  const auto of = std::make_shared<stages::grep_options>();
  line.flag("-F,--fixed-strings", of->fixed, "PATTERN is the text itself, not a regular expression");
  line.flag("-i,--ignore-case", of->ignore_case, "letters match in either case");
  line.flag("-v,--invert-match", of->invert, "keep the lines that do not match");
  line.positional("PATTERN", of->pattern, "what a line must hold; RE2 syntax");
  return [of] { return stages::grep(*of); };
}
#endif

auto declare_head(arguments& line) {
  const auto count = std::make_shared<std::uint64_t>(10);
  line.option("-n,--lines", *count, "N", "the same as N");
  line.positional("N", *count, "how many records to let through (10)", arguments::need::optional);
  return [count] { return stages::head(*count); };
}

auto declare_sample(arguments& line) {
  struct given {
    double share = 0;
    std::uint64_t seed = 1;
  };
  const auto of = std::make_shared<given>();
  line.option("--seed", of->seed, "S", "another choice of records (1)");
  line.positional("P", of->share, "how probable it is that a record stays, 0 to 1");
  return [of] { return stages::sample(of->share, of->seed); };
}

auto declare_throttle(arguments& line) {
  const auto limit = std::make_shared<rate>();
  line.positional("RATE", *limit, "at most so much: 50MB/s, 1000/s");
  return [limit] { return stages::throttle(pace_of(*limit)); };
}

} // namespace

void add_text_stages(stage_registry& to) {
  to.add(
      "lines", "makes records of lines", [](arguments&) { return [] { return stages::lines(); }; }, record_flow::made);
#if WEIR_STAGES_REGEX
  to.add("grep", "keeps the lines that match", declare_grep, record_flow::kept);
#endif
  to.add("head", "lets the first records through and ends", declare_head, record_flow::kept);
  to.add("sample", "keeps a share of the records", declare_sample, record_flow::kept);
  to.add("throttle", "slows the flow down", declare_throttle, record_flow::kept);
}

} // namespace weir::command
