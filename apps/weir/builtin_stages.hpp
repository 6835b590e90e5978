// The stages that come with weir, under the names of the C++ API.
#pragma once

#include "apps/weir/session.hpp"
#include "apps/weir/stage_registry.hpp"

namespace weir::command {

/// read, write, count, null.
void add_file_stages(stage_registry& to, session& of);
/// lines, grep, head, sample, throttle.
void add_text_stages(stage_registry& to);
/// gzip, gunzip, zstd, unzstd.
void add_compress_stages(stage_registry& to);
/// tcp, unix: each a source and a sink.
void add_net_stages(stage_registry& to, session& of);
/// tee, merge, concat.
void add_branch_stages(stage_registry& to);
/// json, csv, where, select, to.
void add_record_stages(stage_registry& to, session& of);
/// sqlite, postgres.
void add_database_stages(stage_registry& to, session& of);
/// generate.
void add_synthetic_stages(stage_registry& to);

/// All of those whose libraries were there when weir was built. `of` outlives the registry.
void add_builtin_stages(stage_registry& to, session& of);

} // namespace weir::command
