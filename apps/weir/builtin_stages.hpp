// The stages that come with weir, under the names of the C++ API.
#pragma once

#include "apps/weir/stage_registry.hpp"

#include <functional>
#include <string>

namespace weir::command {

/// What a stage has to say on standard output goes here; called by at most one thread at a time.
using print_result = std::function<void(const std::string&)>;

/// read, write, count, null.
void add_file_stages(stage_registry& to, const print_result& print);
/// lines, grep, head, sample, throttle.
void add_text_stages(stage_registry& to);
/// gzip, gunzip, zstd, unzstd.
void add_compress_stages(stage_registry& to);
/// generate.
void add_synthetic_stages(stage_registry& to);

/// All of those whose libraries were there when weir was built.
void add_builtin_stages(stage_registry& to, const print_result& print);

} // namespace weir::command
