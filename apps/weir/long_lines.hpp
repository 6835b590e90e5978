// Lines that are longer than the memory that there is: where they are bad records, and where they end the run.
#pragma once

#include "apps/weir/prepared_pipeline.hpp"

#include <vector>

namespace weir::command {

/// Makes each `lines` what those behind it allow. Where all that it makes comes to a json, through stages that know what a
/// line's beginning is, a line that is too long goes there, to its policy; else it ends the run. What json takes to read a
/// long line is granted with the line.
void let_long_lines_through(std::vector<prepared_stage>& stages);

} // namespace weir::command
