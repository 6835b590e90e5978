// A registry as the program fills it, with stages that only have names.
#pragma once

#include "apps/weir/prepared_pipeline.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace weir::command {

struct nothing_source {
  step process(outlet<block>&) { return step::done; }
};
struct same_transform {
  step process(inlet<block>& in, outlet<block>& out) {
    if (out.try_push(std::move(in.front()))) in.release(1);
    return step::more;
  }
};
struct no_sink {
  step process(inlet<block>& in) {
    in.release(1);
    return step::more;
  }
};

inline stage_registry test_stages() {
  stage_registry registry;
  registry.add(
      "lines", "records are lines", [](arguments&) { return [] { return stage("l", same_transform{}); }; },
      record_flow::made);
  registry.add("read", "reads files", [](arguments& line) {
    auto paths = std::make_shared<std::vector<word>>();
    line.positionals("PATH", *paths, "files and globs");
    return [paths] { return stage("read " + paths->at(0).text, nothing_source{}); };
  });
  registry.add("gzip", "compresses", [](arguments& line) {
    auto level = std::make_shared<int>(6);
    line.level(*level, 1, 9, "6 unless given");
    return [level] {
      if (*level == 5) throw bad_value("level 5 is out of order");
      if (*level == 4) throw std::runtime_error("no memory for level 4");
      return stage("gzip " + std::to_string(*level), same_transform{});
    };
  });
  registry.add("generate", "makes load", [](arguments&) { return [] { return stage("g", nothing_source{}); }; });
  registry.add("write", "writes a file", [](arguments& line) {
    auto path = std::make_shared<std::string>();
    line.positional("PATH", *path, "the file");
    return [path] { return stage("write " + *path, no_sink{}); };
  });
  registry.add("null", "drops all", [](arguments&) { return [] { return stage("n", no_sink{}); }; });
  return registry;
}

} // namespace weir::command
