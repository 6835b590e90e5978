// The stages that come with weir, under the names of the C++ API.
#pragma once

#include "apps/weir/stage_registry.hpp"

#include <functional>
#include <string>

namespace weir::command {

/// What one stage has to say on standard output goes here; called by at most one thread at a time.
using print_result = std::function<void(const std::string&)>;

/// Opens a place for what one stage has to say. Places are printed in the order in which they were opened, which is
/// that of the stages; stages in different branches use theirs at the same time.
using open_result = std::function<print_result()>;

/// read, write, count, null.
void add_file_stages(stage_registry& to, const open_result& results);
/// lines, grep, head, sample, throttle.
void add_text_stages(stage_registry& to);
/// gzip, gunzip, zstd, unzstd.
void add_compress_stages(stage_registry& to);
/// tee, merge, concat.
void add_branch_stages(stage_registry& to);
/// generate.
void add_synthetic_stages(stage_registry& to);

/// All of those whose libraries were there when weir was built.
void add_builtin_stages(stage_registry& to, const open_result& results);

} // namespace weir::command
