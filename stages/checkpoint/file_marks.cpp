#include "stages/checkpoint/file_marks.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <span>
#include <utility>

#include "stages/checkpoint/hash.hpp"
#include "stages/file/io_error.hpp"

namespace weir::stages {
namespace {

using room = std::array<std::byte, k_marked_bytes>;

/// As many of the bytes [begin, end) as there are; at most as many as there is room for.
std::span<const std::byte> bytes_at(const source_identity& file, int descriptor, std::uint64_t begin, std::uint64_t end,
                                    room& into) {
  const std::size_t wanted = static_cast<std::size_t>(std::min(end - begin, k_marked_bytes));
  std::size_t got = 0;
  while (got < wanted) {
    const ssize_t n = ::pread(descriptor, into.data() + got, wanted - got, static_cast<off_t>(begin + got));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw io_error("read", file.path, begin + got, errno);
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
  }
  return std::span(into).first(got);
}

std::uint64_t tail_begin(std::uint64_t end) { return end - std::min(end, k_marked_bytes); }

std::uint64_t size_of(const source_identity& file, int descriptor) {
  struct stat now {};
  if (::fstat(descriptor, &now) != 0) throw io_error("stat", file.path, errno);
  return static_cast<std::uint64_t>(now.st_size);
}

} // namespace

source_identity identity_of(std::string path, int descriptor) {
  struct stat now {};
  if (descriptor < 0 || ::fstat(descriptor, &now) != 0 || !S_ISREG(now.st_mode)) return {std::move(path), 0, 0};
  return {std::move(path), now.st_dev, now.st_ino};
}

void mark_head(saved_position& marks, int descriptor) {
  room bytes;
  const auto head = bytes_at(marks.source, descriptor, 0, k_marked_bytes, bytes);
  marks.head_bytes = head.size();
  marks.head_hash = hash_of(head);
}

void mark_tail(saved_position& marks, int descriptor, std::uint64_t end) {
  room bytes;
  const std::uint64_t begin = tail_begin(end);
  const auto tail = bytes_at(marks.source, descriptor, begin, end, bytes);
  marks.tail_end = begin + tail.size(); // less than `end` where the file has shrunk meanwhile
  marks.tail_hash = hash_of(tail);
}

std::uint64_t read_so_far(int descriptor) {
  const off_t at = ::lseek(descriptor, 0, SEEK_CUR);
  return at < 0 ? 0 : static_cast<std::uint64_t>(at);
}

std::optional<std::string> why_another(const saved_position& saved, int descriptor) {
  if (size_of(saved.source, descriptor) < std::max(saved.tail_end, saved.head_bytes))
    return "it is shorter than it was";
  room bytes;
  if (hash_of(bytes_at(saved.source, descriptor, 0, saved.head_bytes, bytes)) != saved.head_hash)
    return "it begins with other bytes than it did";
  const auto tail = bytes_at(saved.source, descriptor, tail_begin(saved.tail_end), saved.tail_end, bytes);
  if (hash_of(tail) != saved.tail_hash)
    return "its bytes before byte " + std::to_string(saved.tail_end) + " are not what they were";
  return std::nullopt;
}

growth growth_of(const saved_position& saved, int descriptor) {
  growth seen;
  seen.grown = size_of(saved.source, descriptor) > saved.tail_end;
  room bytes;
  if (saved.tail_end > 0) {
    const auto last = bytes_at(saved.source, descriptor, saved.tail_end - 1, saved.tail_end, bytes);
    seen.open_line = !last.empty() && last.front() != std::byte{'\n'};
  }
  return seen;
}

} // namespace weir::stages
