#include "stages/file/input_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "stages/file/io_error.hpp"
#include "stages/file/uninterrupted.hpp"

namespace weir::stages {
namespace {

descriptor open_for_reading(const std::string& path) {
  if (path == "-") return descriptor(STDIN_FILENO, true);
  // Without waiting for a writer of a named pipe; regular files do not care.
  constexpr int k_flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  const int number = uninterrupted([&] { return ::open(path.c_str(), k_flags); });
  if (number < 0) throw io_error("open", path.empty() ? "''" : path, errno);
  return descriptor(number);
}

} // namespace

input_file::input_file(const std::string& path)
    : shown_(path == "-" ? "standard input" : path), file_(open_for_reading(path)) {
  struct stat now {};
  if (::fstat(file_.number(), &now) != 0) throw io_error("open", shown_, errno);
  if (S_ISDIR(now.st_mode)) throw io_error("open", shown_, EISDIR);
  regular_ = S_ISREG(now.st_mode);
  awaits_writer_ = S_ISFIFO(now.st_mode) && !file_.borrowed();
  if (!regular_) return;
  // Standard input may stand in the middle of its file.
  off_t at = ::lseek(file_.number(), 0, SEEK_CUR);
  from_front_ = at == 0;
  if (at >= 0 && now.st_size > at) size_hint_ = static_cast<std::uint64_t>(now.st_size - at);
  ::posix_fadvise(file_.number(), 0, 0,
                  POSIX_FADV_SEQUENTIAL); // advice: nothing is lost when it is not taken
}

std::size_t input_file::peek(std::span<std::byte> room) const {
  for (;;) {
    const ssize_t got = ::pread(file_.number(), room.data(), room.size(), 0);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) fail(errno);
  }
}

void input_file::seek(std::uint64_t offset) {
  if (::lseek(file_.number(), static_cast<off_t>(offset), SEEK_SET) < 0) fail(errno);
  position_ = offset;
}

input_file::result input_file::try_read(std::span<std::byte> room) {
  if (!knows_nowait_ || awaits_writer_) return {outcome::would_block, 0};
  iovec piece{room.data(), room.size()};
  for (;;) {
    ssize_t got = ::preadv2(file_.number(), &piece, 1, -1, RWF_NOWAIT);
    if (got >= 0) return finished(static_cast<std::size_t>(got));
    if (errno == EINTR) continue;
    if (errno == EAGAIN) return {outcome::would_block, 0};
    if (errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL && errno != ESPIPE) fail(errno);
    knows_nowait_ = false;
    return {outcome::would_block, 0};
  }
}

input_file::result input_file::read(std::span<std::byte> room) {
  // A pipe that never had a writer looks as if it had ended, except to poll().
  if (std::exchange(awaits_writer_, false)) wait_readable(file_.number(), -1);
  for (;;) {
    ssize_t got = ::read(file_.number(), room.data(), room.size());
    if (got >= 0) return finished(static_cast<std::size_t>(got));
    if (errno == EAGAIN)
      wait_readable(file_.number(), -1);
    else if (errno != EINTR)
      fail(errno);
  }
}

input_file::result input_file::finished(std::size_t bytes) {
  position_ += bytes;
  return {bytes == 0 ? outcome::end : outcome::bytes, bytes};
}

void input_file::fail(int code) const { throw io_error("read", shown_, position_, code); }

} // namespace weir::stages
