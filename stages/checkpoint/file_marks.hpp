#pragma once
// What a file is recognised by when a run comes back: device, inode, its first bytes, and those before the place up to which it
// had been read.

#include <cstdint>
#include <optional>
#include <string>

#include "stages/journal/journal.hpp"

namespace weir::stages {

/// Bytes hashed at either end, at most.
inline constexpr std::uint64_t k_marked_bytes = 4096;

/// Who an open file is. Device and inode are 0 where it cannot be resumed: it is none, or no regular file.
[[nodiscard]] source_identity identity_of(std::string path, int descriptor);

/// Sets head_bytes and head_hash from the first bytes that are there now. Throws io_error.
void mark_head(saved_position& marks, int descriptor);
/// Sets tail_hash and tail_end for a file that has been read up to `end`, in bytes as stored. Throws io_error.
void mark_tail(saved_position& marks, int descriptor, std::uint64_t end);
/// Up to where the descriptor has been read: its offset.
[[nodiscard]] std::uint64_t read_so_far(int descriptor);

/// Why the file, which has the same device and inode, is not the one that was saved: "it is shorter than it was". Nothing:
/// it is the same, and may have grown. Throws io_error.
[[nodiscard]] std::optional<std::string> why_another(const saved_position& saved, int descriptor);

/// What a file that is the same has come to since it was saved.
struct growth {
  bool grown = false;     ///< there are bytes behind the end that it had
  bool open_line = false; ///< the last byte that had been read of it is no line end
};
[[nodiscard]] growth growth_of(const saved_position& saved, int descriptor);

} // namespace weir::stages
