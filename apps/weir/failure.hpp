// How a run that failed is told, and what the program's exit status says of it.
#pragma once

#include <weir/errors.hpp>

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>

namespace weir::command {

/// What is to be read is not there, or cannot be opened: k_exit_no_input.
class missing_input : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One of those in exit_code.hpp, by what the stage threw.
[[nodiscard]] int exit_code_of(const run_error& error);

/// "write#2: out.gz: at byte 0: No space left": the stage's name once, and with its number, also where its own message
/// begins with the name. A bad record says by itself which stage found it out. `path_of` names the run's inputs, for stages
/// that know no more than the number of theirs; it may give an empty text.
[[nodiscard]] std::string message_of(const run_error& error,
                                     const std::function<std::string(std::uint32_t)>& path_of = {});

/// Whoever read the program's standard output has gone.
[[nodiscard]] bool is_reader_gone(const run_error& error);

} // namespace weir::command
