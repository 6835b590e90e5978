#include "stages/file/append_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <vector>

#include "stages/file/io_error.hpp"
#include "stages/file/uninterrupted.hpp"

namespace weir::stages {
namespace {

/// The name of a file that was made must not be lost either.
void flush_folder_of(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
  const descriptor opened(uninterrupted([&] { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!opened || (uninterrupted([&] { return ::fsync(opened.number()); }) != 0 && errno != EINVAL))
    throw io_error("fsync", folder.string(), errno);
}

} // namespace

append_file::append_file(const std::string& path) : shown_(path) {
  constexpr int k_flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOCTTY;
  int number = uninterrupted([&] { return ::open(path.c_str(), k_flags); });
  const bool make = number < 0 && errno == ENOENT;
  if (make) number = uninterrupted([&] { return ::open(path.c_str(), k_flags | O_CREAT, 0666); });
  if (number < 0) throw io_error("open", shown_, errno);
  file_ = descriptor(number);
  struct stat now {};
  if (::fstat(number, &now) != 0) fail("stat", errno);
  if (!S_ISREG(now.st_mode)) throw io_error("append to", shown_, ESPIPE);
  size_ = static_cast<std::uint64_t>(now.st_size);
  if (make) flush_folder_of(path);
}

void append_file::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.number(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", errno);
    size_ += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

bool append_file::ends_in_a_line() const {
  char last = '\n';
  while (size_ > 0 && ::pread(file_.number(), &last, 1, static_cast<off_t>(size_ - 1)) < 0)
    if (errno != EINTR) fail("read", errno);
  return last != '\n';
}

void append_file::make_durable() {
  if (uninterrupted([&] { return ::fdatasync(file_.number()); }) != 0) fail("fdatasync", errno);
}

append_file::tail append_file::mend_behind(std::uint64_t offset) {
  std::vector<char> piece(std::size_t{1} << 16);
  tail found;
  std::uint64_t line = offset; // where the line begins that is open
  for (std::uint64_t at = offset; at < size_;) {
    const ssize_t got = ::pread(file_.number(), piece.data(), piece.size(), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", errno);
    if (got == 0) break;
    for (ssize_t i = 0; i < got; ++i) {
      if (piece[static_cast<std::size_t>(i)] != '\n') continue;
      ++found.lines;
      line = at + static_cast<std::uint64_t>(i) + 1;
    }
    at += static_cast<std::uint64_t>(got);
  }
  if (line < size_ && ::ftruncate(file_.number(), static_cast<off_t>(line)) != 0) fail("truncate", errno);
  size_ = std::min(size_, std::max(line, offset));
  found.bytes = size_ - std::min(size_, offset);
  return found;
}

void append_file::fail(const char* operation, int code) const { throw io_error(operation, shown_, size_, code); }

} // namespace weir::stages
