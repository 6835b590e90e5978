// What the program's exit status says.
#pragma once

namespace weir::command {

constexpr int k_exit_success = 0;
constexpr int k_exit_failure = 1;       // the run failed: input, output, memory
constexpr int k_exit_usage = 2;         // what was asked for makes no sense
constexpr int k_exit_signal_base = 128; // + the signal's number

} // namespace weir::command
