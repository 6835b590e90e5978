#pragma once
// Compression as stages: gzip, gunzip, zstd, unzstd.

#include <weir/block.hpp>
#include <weir/pipe.hpp>

namespace weir::stages {

/// The default: as fast as the rest of a pipeline. Of 24 MiB of generated ndjson level 1 makes 4,098,578 bytes at 834 MB/s
/// a core, level 6 makes 3,236,944 at 120 (`gzip -1`: 4,235,177; `gzip -6`: 3,336,318). docs/decisions/006.
inline constexpr int k_gzip_level = 1;

/// Compresses on all compute threads, in order: each block becomes a gzip member of its own, so the result is
/// read by every gzip. An empty stream becomes an empty member. Throws std::invalid_argument unless
/// 1 ≤ level ≤ 9.
pipe<block, block> gzip(int level = k_gzip_level);

/// As gzip(), with zstd frames. On ndjson those of 252 KiB are 6 % larger in all than one frame of everything, those of
/// 1 MiB (run_options::block_size) 1 %, and no slower. Throws std::invalid_argument unless 1 ≤ level ≤ 19.
pipe<block, block> zstd(int level = 3);

/// Decompresses any number of gzip members. Corrupt data, and data that end too early, are corrupt_input.
pipe<block, block> gunzip();

/// Decompresses any number of zstd frames with windows up to k_default_window. Errors as of gunzip().
pipe<block, block> unzstd();

} // namespace weir::stages
