// What a stress run prints: a table that grows line by line, and JSON.
#pragma once

#include "apps/weir/stress_options.hpp"
#include "apps/weir/stress_run.hpp"

#include <span>
#include <string>

namespace weir::command {

/// The seed and the table's head; ends with a newline, as the rows do.
[[nodiscard]] std::string stress_table_head(const stress_options& with);
[[nodiscard]] std::string stress_table_row(const stress_result& of);

/// What is wrong with a cell, and the command that repeats it; empty when nothing is.
[[nodiscard]] std::string stress_complaint(const stress_result& of);

[[nodiscard]] std::string stress_json(const stress_options& with, std::span<const stress_result> results,
                                      bool interrupted);

} // namespace weir::command
