// The program `weir` as a class. A program of your own that knows more stages is this one with a few lines:
//
//   weir::command::command mine;
//   mine.add("rot13", "turns letters by 13", [](weir::command::arguments&) {
//     return [] { return weir::stage("rot13", rot13{}); };
//   });
//   return mine.main(argc, argv);
//
// What add() takes is explained in stage_registry.hpp; examples/own_stage.cpp is a whole program.
#pragma once

#include "apps/weir/session.hpp"
#include "apps/weir/stage_registry.hpp"

#include <span>
#include <string>
#include <utility>

namespace weir::command {

struct options;

/// The command with weir's own stages and those that are added. One thread; one at a time in a process,
/// because it handles the process's signals while a pipeline runs.
class command {
 public:
  command();
  command(const command&) = delete;
  command& operator=(const command&) = delete;

  /// Adds a stage; see stage_registry::add. Throws std::logic_error when the name is taken.
  template <class Declare>
  void add(std::string name, std::string summary, Declare declare, record_flow records = record_flow::broken,
           input_need need = input_need::any) {
    stages_.add(std::move(name), std::move(summary), std::move(declare), records, need);
  }

  /// Does what the words ask for, with stdout, stderr and the exit code of the program `weir`; see
  /// exit_code.hpp. Throws nothing: errors go to stderr.
  [[nodiscard]] int main(int argc, const char* const* argv) noexcept;

 private:
  session session_;
  stage_registry stages_;

  int carry_out(std::span<const word> given);
  int carry_out_pipeline(const options& with);
};

} // namespace weir::command
