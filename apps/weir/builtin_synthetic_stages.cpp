#include "apps/weir/builtin_stages.hpp"
#include "apps/weir/pace_of.hpp"
#include "apps/weir/policy_words.hpp"
#include "stages/stages.hpp"

namespace weir::command {

namespace {

using stages::record_format;

struct generate_line {
  stages::generate_options options;
  std::optional<rate> speed;
  bad_share bad;
};

auto declare_generate(arguments& line) {
  const auto of = std::make_shared<generate_line>();
  stages::generate_options& options = of->options;
  line.option("--records", options.records, "N", "stop after N records");
  line.size("--bytes", options.bytes, "stop before the output is larger than this");
  line.option("--for", options.lasting, "TIME", "stop after this time: 10s, 1m30s");
  line.size("--size", options.what.record_bytes, "bytes of a record; shorter ones are padded");
  line.choice<record_format>("--format", options.what.format,
                             {{"log", record_format::log},
                              {"ndjson", record_format::ndjson},
                              {"csv", record_format::csv},
                              {"random", record_format::random}},
                             "what the records are (ndjson)");
  line.option("--seed", options.what.seed, "S", "other records, as many (1)");
  line.option("--bad", of->bad, "SHARE", "that many of the records are none: 0.1% (ndjson; 0)");
  line.option("--rate", of->speed, "RATE", "at most so much: 50MB/s, 1000/s");
  return [of] {
    if (of->speed) of->options.rate = pace_of(*of->speed);
    of->options.what.bad = of->bad.share;
    return stages::generate(of->options);
  };
}

} // namespace

// Of all formats but random; that one is refused by merge when it runs.
void add_synthetic_stages(stage_registry& to) {
  to.add("generate", "makes synthetic load", declare_generate, record_flow::made);
}

} // namespace weir::command
