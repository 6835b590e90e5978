#pragma once
// A small run of the byte stages, where they are all built: read, lines, grep, gzip, write.

#include "tests/faults/plans.hpp"

#include <vector>

namespace weir::test {

[[nodiscard]] std::vector<named_run> byte_runs();

} // namespace weir::test
