#pragma once
// What a journal knows of one source. Guarded by the journal's lock.

#include <cstdint>
#include <string>
#include <vector>

#include "stages/checkpoint/file_marks.hpp"
#include "stages/file/descriptor.hpp"

namespace weir::stages {

struct source_state {
  /// `borrowed`: the source's own descriptor, of which a copy is kept. Throws io_error.
  source_state(const std::string& path, int borrowed);

  [[nodiscard]] bool resumable() const noexcept { return marks.source.inode != 0; }
  /// Takes the last marks and lets go of the file.
  void end_at(std::uint64_t position);
  /// With marks of what has been read by now.
  [[nodiscard]] saved_position saved_at(std::uint64_t position, std::uint64_t records, bool finished);

  saved_position marks; ///< all but what is of a sink
  descriptor file;      ///< none: not resumable, or ended
  bool settled = false; ///< what was saved of it has been looked up
  bool ended = false;
  bool done_before = false;
  std::uint64_t end = 0;    ///< where it ended
  std::uint64_t passed = 0; ///< what has left the source
  std::uint64_t resume_from = 0;
  std::vector<std::uint64_t> cuts;
};

} // namespace weir::stages
