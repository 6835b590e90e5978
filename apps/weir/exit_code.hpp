// What the program's exit status says.
#pragma once

namespace weir::command {

constexpr int k_exit_success = 0;
constexpr int k_exit_failure = 1;       // the run failed: input, output, memory
constexpr int k_exit_usage = 2;         // what was asked for makes no sense
constexpr int k_exit_leftovers = 4;     // told to stop, and not all that was in flow was made durable in time
constexpr int k_exit_bad_data = 65;     // a record that cannot be processed, or too many of them
constexpr int k_exit_no_input = 66;     // an input is missing or cannot be opened
constexpr int k_exit_unavailable = 69;  // a server was not reached or has gone
constexpr int k_exit_signal_base = 128; // + the signal's number

} // namespace weir::command
