#pragma once
// weir_positions: the table in which a database keeps how far each input of a job has come, in the same transaction as the
// rows. Its SQL is that of SQLite and PostgreSQL alike.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "stages/journal/journal.hpp"

namespace weir::stages::positions_table {

inline constexpr const char* k_create =
    "CREATE TABLE IF NOT EXISTS weir_positions (job TEXT NOT NULL, sink TEXT NOT NULL, device BIGINT NOT NULL, "
    "inode BIGINT NOT NULL, path TEXT NOT NULL, position BIGINT NOT NULL, head_bytes BIGINT NOT NULL, "
    "head_hash BIGINT NOT NULL, tail_hash BIGINT NOT NULL, tail_end BIGINT NOT NULL, records BIGINT NOT NULL, "
    "finished BIGINT NOT NULL, PRIMARY KEY (job, sink, device, inode))";
/// Parameters: the job, the sink, the path, then numbers().
inline constexpr const char* k_store =
    "INSERT INTO weir_positions (job, sink, path, device, inode, position, head_bytes, head_hash, tail_hash, tail_end, "
    "records, finished) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (job, sink, device, "
    "inode) "
    "DO UPDATE SET path = excluded.path, position = excluded.position, head_bytes = excluded.head_bytes, "
    "head_hash = excluded.head_hash, tail_hash = excluded.tail_hash, tail_end = excluded.tail_end, "
    "records = excluded.records, finished = excluded.finished";
/// Parameters: the job, the sink. Columns: the path, then numbers().
inline constexpr const char* k_load =
    "SELECT path, device, inode, position, head_bytes, head_hash, tail_hash, tail_end, records, finished "
    "FROM weir_positions WHERE job = $1 AND sink = $2";
/// Parameters: the job, the sink.
inline constexpr const char* k_forget = "DELETE FROM weir_positions WHERE job = $1 AND sink = $2";

using numbers_type = std::array<std::int64_t, 9>;
[[nodiscard]] numbers_type numbers(const saved_position& at);
[[nodiscard]] saved_position position_of(std::string_view path, const numbers_type& numbers);

/// A path as the table has it: ASCII, whatever bytes it is made of; % and the others are %XX.
[[nodiscard]] std::string stored_path(std::string_view path);

} // namespace weir::stages::positions_table
