// The stages the command knows by name. A stage of a user's own takes a few lines:
//
//   registry.add("rot13", "turns every letter by 13", stage_kind::transform, [](arguments& line) {
//     auto back = std::make_shared<bool>(false);
//     line.flag("--back", *back, "turn the other way");
//     return [back] { return rot13(*back); };
//   });
//
// The outer function declares what the stage's line may hold; the function it returns is called after the
// line was read, and makes the stage. What it makes is opaque here (made_stage).
#pragma once

#include "apps/weir/arguments.hpp"
#include "apps/weir/pipeline_text.hpp"

#include <any>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::command {

enum class stage_kind { source, transform, sink };

/// Holds whatever a stage's maker returned.
using made_stage = std::any;

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
  /// Makes the stage; every call makes another one. A bad_value from the stage's maker comes out as a
  /// usage_error at the stage's name, any other exception as it is.
  stage_maker make;
};

/// Not thread-safe; filled at the program's start, then only read.
class stage_registry {
 public:
  /// Adds a stage; `declare` is callable with arguments& and returns a callable that makes the stage. Throws
  /// std::logic_error when the name is taken.
  template <class Declare>
  requires std::is_invocable_v<Declare&, arguments&>
  void add(std::string name, std::string summary, stage_kind kind, Declare declare) {
    insert({std::move(name), std::move(summary), kind,
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

} // namespace weir::command
