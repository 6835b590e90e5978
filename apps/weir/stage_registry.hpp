// The stages the command knows by name. A stage of a user's own takes a few lines:
//
//   registry.add("rotate", "turns every letter by N", [](arguments& line) {
//     auto by = std::make_shared<int>(13);
//     line.option("-n,--by", *by, "N", "how far (13)");
//     return [by] { return weir::stage("rotate", rotate{*by}); };
//   });
//
// The outer function declares what the stage's line may hold; the function it returns is called after the
// line was read, and makes the stage: a pipe<void, block> is a source, a pipe<block, block> a transform, a
// pipe<block, void> a sink.
#pragma once

#include "apps/weir/arguments.hpp"

#include <weir/pipe.hpp>
#include <weir/plan.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace weir::command {

enum class stage_kind { source, transform, sink };

/// What a stage's maker returns: a piece of a pipeline, in the order of stage_kind.
using made_stage = std::variant<pipe<void, block>, pipe<block, block>, pipe<block, void>>;

/// What a maker's result is.
template <class Made>
inline constexpr stage_kind kind_of_made = [] {
  static_assert(std::is_same_v<Made, pipe<void, block>> || std::is_same_v<Made, pipe<block, block>> ||
                    std::is_same_v<Made, pipe<block, void>>,
                "weir: a stage of the command is a pipe whose items are blocks");
  if constexpr (std::is_same_v<Made, pipe<void, block>>) return stage_kind::source;
  if constexpr (std::is_same_v<Made, pipe<block, void>>) return stage_kind::sink;
  return stage_kind::transform;
}();

using stage_maker = std::function<made_stage()>;

/// What a stage's output has to do with whole records: merge() takes nothing else.
enum class record_flow {
  broken, // cut anywhere
  kept,   // whole records if its input is
  made    // whole records
};

/// A branch whose stages have been made.
struct made_branch {
  part_list parts;
  bool whole_records; // are what it gives
};

/// What takes pipelines in braces.
struct branch_rules {
  enum class end { sink, open }; // what the branches are: `... | SINK`, or `SOURCE | ...`
  end branches;
  bool need_whole_records;
  std::string usage;
  std::string help; // what stands at the end of --help
  /// Puts the branches together; there is at least one.
  std::function<made_stage(const std::vector<made_branch>&)> join;
};

/// One stage the command knows.
struct stage_entry {
  std::string name;
  std::string summary;
  stage_kind kind;
  record_flow records;
  std::function<stage_maker(arguments&)> declare;
  std::optional<branch_rules> branching;

  /// Its line as --help starts with it, "grep [OPTIONS] PATTERN", and all of --help.
  [[nodiscard]] std::string usage() const;
  [[nodiscard]] std::string help() const;
};

/// Not thread-safe; filled at the program's start, then only read.
class stage_registry {
 public:
  /// Adds a stage; `declare` is callable with arguments& and returns a callable that makes the stage; `records` says
  /// what merge may expect of it. Throws std::logic_error when the name is taken.
  template <class Declare>
  requires std::is_invocable_v<Declare&, arguments&>
  void add(std::string name, std::string summary, Declare declare, record_flow records = record_flow::broken) {
    using maker = std::invoke_result_t<Declare&, arguments&>;
    insert({std::move(name), std::move(summary), kind_of_made<std::invoke_result_t<maker&>>, records,
            [declare = std::move(declare)](arguments& line) mutable -> stage_maker {
              return [make = declare(line)]() mutable -> made_stage { return make(); };
            },
            std::nullopt});
  }

  /// Adds a stage that takes pipelines in braces: a sink when its branches end in sinks, else a source.
  void add_branching(std::string name, std::string summary, branch_rules rules);

  /// The stage of that name, or null.
  [[nodiscard]] const stage_entry* find(std::string_view name) const;

  /// The stage of that name. Throws usage_error, with a suggestion, when there is none.
  [[nodiscard]] const stage_entry& at(const word& name) const;

  /// All stages, sources first and those that take braces last, one a line, in the order in which they were
  /// added; what `weir stages` prints.
  [[nodiscard]] std::string list() const;

  /// "'read' or 'generate'"; without those that take braces.
  [[nodiscard]] std::string names_in_words(stage_kind kind) const;

 private:
  std::vector<stage_entry> stages_;

  void insert(stage_entry entry);
};

} // namespace weir::command
