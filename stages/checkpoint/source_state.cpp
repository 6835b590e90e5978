#include "stages/checkpoint/source_state.hpp"

#include <fcntl.h>

#include <cerrno>

#include "stages/file/io_error.hpp"

namespace weir::stages {

source_state::source_state(const std::string& path, int borrowed) {
  marks.source = identity_of(path, borrowed);
  if (!resumable()) return;
  // The offset is common to both: so it is seen how far the file has been read, also when it is compressed.
  file = descriptor(::fcntl(borrowed, F_DUPFD_CLOEXEC, 0));
  if (!file) throw io_error("open", path, errno);
  mark_head(marks, file.number());
}

void source_state::end_at(std::uint64_t position) {
  ended = true;
  end = passed = position;
  if (!file) return;
  mark_tail(marks, file.number(), read_so_far(file.number()));
  file = descriptor();
}

saved_position source_state::saved_at(std::uint64_t position, std::uint64_t records, bool finished) {
  if (file) mark_tail(marks, file.number(), read_so_far(file.number()));
  saved_position saved = marks;
  saved.position = position;
  saved.records = records;
  saved.finished = finished;
  return saved;
}

} // namespace weir::stages
