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
#include "apps/weir/pipeline_text.hpp"

#include <weir/pipe.hpp>
#include <weir/plan.hpp>

#include <functional>
#include <span>
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

/// One stage the command knows.
struct stage_entry {
  std::string name;
  std::string summary;
  stage_kind kind;
  std::function<stage_maker(arguments&)> declare;

  /// Its line as --help starts with it, "grep [OPTIONS] PATTERN", and all of --help.
  [[nodiscard]] std::string usage() const;
  [[nodiscard]] std::string help() const;
};

/// A stage of a pipeline whose line has been read.
struct prepared_stage {
  const stage_entry* entry; // lives as long as the registry
  word name;
  /// Makes the stage; every call makes another one. A bad_value or std::invalid_argument from the stage's
  /// maker comes out as a usage_error at the stage's name, any other exception as a std::runtime_error with
  /// it.
  stage_maker make;
};

/// Not thread-safe; filled at the program's start, then only read.
class stage_registry {
 public:
  /// Adds a stage; `declare` is callable with arguments& and returns a callable that makes the stage. Throws
  /// std::logic_error when the name is taken.
  template <class Declare>
  requires std::is_invocable_v<Declare&, arguments&>
  void add(std::string name, std::string summary, Declare declare) {
    using maker = std::invoke_result_t<Declare&, arguments&>;
    insert({std::move(name), std::move(summary), kind_of_made<std::invoke_result_t<maker&>>,
            [declare = std::move(declare)](arguments& line) mutable -> stage_maker {
              return [make = declare(line)]() mutable -> made_stage { return make(); };
            }});
  }

  /// The stage of that name, or null.
  [[nodiscard]] const stage_entry* find(std::string_view name) const;

  /// The stage of that name. Throws usage_error, with a suggestion, when there is none.
  [[nodiscard]] const stage_entry& at(const word& name) const;

  /// Reads every stage's line and checks that the pipeline begins with a source and ends with a sink, and has
  /// neither in between. Throws usage_error naming the word, help_request when a line asks for --help.
  [[nodiscard]] std::vector<prepared_stage> prepare(std::span<const stage_text> pipeline) const;

  /// All stages, sources first, one a line, in the order in which they were added; what `weir stages` prints.
  [[nodiscard]] std::string list() const;

 private:
  std::vector<stage_entry> stages_;

  void insert(stage_entry entry);
  [[nodiscard]] std::vector<std::string> names(stage_kind kind) const;
  [[nodiscard]] std::string names_in_words(stage_kind kind) const;
  void check_order(std::span<const prepared_stage> stages) const;
};

/// Makes every stage and puts them together. `stages` comes from prepare(). Throws what the makers throw.
[[nodiscard]] plan assemble(std::span<const prepared_stage> stages);

} // namespace weir::command
