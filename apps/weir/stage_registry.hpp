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
#include "apps/weir/made_stage.hpp"

#include <weir/plan.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::command {

using stage_maker = std::function<made_stage()>;

/// What a stage's output has to do with whole records: merge() takes nothing else.
enum class record_flow {
  broken, // cut anywhere
  kept,   // whole records if its input is
  made    // whole records
};

/// What a stage wants of its input.
enum class input_need { any, whole_records };

/// A branch whose stages have been made.
struct made_branch {
  part_list parts;
  bool whole_records;                  // are what it gives
  item_kind items = item_kind::blocks; // what crosses its open end; the same for all branches of a stage
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
  /// Where branches give rows: stands in each of them before what makes its records, so that a last line has its end.
  stage_maker ends_last_line{};
};

/// One stage the command knows.
struct stage_entry {
  std::string name;
  std::string summary;
  stage_shape shape;
  record_flow records;
  input_need need;
  std::function<stage_maker(arguments&)> declare;
  std::optional<branch_rules> branching;

  [[nodiscard]] stage_kind kind() const { return shape.kind(); }

  /// Its line as --help starts with it, "grep [OPTIONS] PATTERN", and all of --help.
  [[nodiscard]] std::string usage() const;
  [[nodiscard]] std::string help() const;
};

/// Not thread-safe; filled at the program's start, then only read.
class stage_registry {
 public:
  /// Adds a stage; `declare` is callable with arguments& and returns a callable that makes the stage; `records` says
  /// what merge may expect of it, `need` what it expects itself. Throws std::logic_error when the name is taken.
  template <class Declare>
  requires std::is_invocable_v<Declare&, arguments&>
  void add(std::string name, std::string summary, Declare declare, record_flow records = record_flow::broken,
           input_need need = input_need::any) {
    insert(entry_of(std::move(name), std::move(summary), std::move(declare), records, need));
  }

  /// Adds a name that is a source where it begins a pipeline, and a sink elsewhere.
  template <class Source, class Sink>
  void add_either_end(const std::string& name, std::string source_summary, Source declare_source,
                      std::string sink_summary, Sink declare_sink) {
    insert(entry_of(name, std::move(source_summary), std::move(declare_source), record_flow::broken, input_need::any));
    stages_.push_back(
        entry_of(name, std::move(sink_summary), std::move(declare_sink), record_flow::broken, input_need::any));
  }

  /// Adds a stage that takes pipelines in braces: a sink when its branches end in sinks, else a source.
  void add_branching(std::string name, std::string summary, branch_rules rules);

  /// The stage of that name, or null; of one that may stand at either end, the source.
  [[nodiscard]] const stage_entry* find(std::string_view name) const;

  /// The stage of that name. Throws usage_error, with a suggestion, when there is none.
  [[nodiscard]] const stage_entry& at(const word& name) const;
  /// Likewise, where it has something before it, or has not.
  [[nodiscard]] const stage_entry& at(const word& name, bool has_input) const;

  /// The --help of all stages of that name.
  [[nodiscard]] std::string help(std::string_view name) const;

  /// All stages, sources first and those that take braces last, one a line, in the order in which they were
  /// added; what `weir stages` prints.
  [[nodiscard]] std::string list() const;

  /// "'read' or 'generate'"; without those that take braces.
  [[nodiscard]] std::string names_in_words(stage_kind kind) const;
  /// Likewise, of transforms from one kind of items to another.
  [[nodiscard]] std::string names_in_words(stage_shape shape) const;

 private:
  std::vector<stage_entry> stages_;

  template <class Declare>
  static stage_entry entry_of(std::string name, std::string summary, Declare declare, record_flow records,
                              input_need need) {
    using maker = std::invoke_result_t<Declare&, arguments&>;
    return {std::move(name),
            std::move(summary),
            k_shape_of<std::invoke_result_t<maker&>>,
            records,
            need,
            [declare = std::move(declare)](arguments& line) mutable -> stage_maker {
              return [make = declare(line)]() mutable -> made_stage { return make(); };
            },
            std::nullopt};
  }
  void insert(stage_entry entry);
};

} // namespace weir::command
