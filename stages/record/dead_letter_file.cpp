#include "stages/record/dead_letter_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "stages/file/io_error.hpp"
#include "stages/record/json_escape.hpp"
#include "stages/text/utf8.hpp"

namespace weir::stages {
namespace {

constexpr std::size_t k_buffer = 64 * 1024;
constexpr std::string_view k_beginning = "{\"run\":";
constexpr std::string_view k_writes = "write dead letters";

/// How much of a text is escaped at a time: six bytes for one at most.
constexpr std::size_t k_piece = k_buffer / 8;

/// A file's last bytes, back to its last line end, no more than `most`.
std::string last_line(int file, std::uint64_t size, std::size_t most) {
  std::string tail(std::min<std::uint64_t>(size, most), '\0');
  const ssize_t got = ::pread(file, tail.data(), tail.size(), static_cast<off_t>(size - tail.size()));
  tail.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return tail.substr(tail.rfind('\n') + 1);
}

} // namespace

dead_letter_file::dead_letter_file(std::string path) : path_(std::move(path)) {
  file_ = descriptor(::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666));
  if (!file_ && (errno == EACCES || errno == ENXIO || errno == EINVAL)) { // what can only be written: a pipe, a device
    file_ = descriptor(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  }
  if (!file_) throw io_error("open dead letters", path_, errno);
  buffer_.reserve(k_buffer);
  end_half_line();
}

dead_letter_file::identity dead_letter_file::which() const {
  struct stat found {};
  if (::fstat(file_.number(), &found) != 0) return {};
  return {static_cast<std::uint64_t>(found.st_dev), static_cast<std::uint64_t>(found.st_ino)};
}

std::optional<dead_letter_file::identity> dead_letter_file::which(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return std::nullopt;
  return identity{static_cast<std::uint64_t>(found.st_dev), static_cast<std::uint64_t>(found.st_ino)};
}

// Half a letter of ours is not durable by definition: its record comes again. Whatever else lacks its LF gets one.
void dead_letter_file::end_half_line() {
  struct stat found {};
  if (::fstat(file_.number(), &found) != 0 || !S_ISREG(found.st_mode) || found.st_size == 0) return;
  const auto size = static_cast<std::uint64_t>(found.st_size);
  if (last_line(file_.number(), size, 1).empty()) return;
  for (std::size_t most = k_buffer;; most *= 4) {
    const std::string half = last_line(file_.number(), size, most);
    if (half.size() == most && most < size) continue; // its beginning lies further in front
    if (half.substr(0, k_beginning.size()) == k_beginning.substr(0, half.size())) {
      if (::ftruncate(file_.number(), static_cast<off_t>(size - half.size())) != 0) {
        throw io_error(k_writes, path_, size, errno);
      }
    } else {
      buffer_ += '\n';
    }
    return;
  }
}

void dead_letter_file::append(std::string_view run, const bad_record_report& bad) {
  buffer_ += "{\"run\":\"";
  add_text(run);
  buffer_ += "\",\"stage\":\"";
  add_text(bad.stage);
  buffer_.append("\",\"class\":\"").append(name_of(bad.why)).append("\",\"reason\":\"");
  add_text(bad.message);
  buffer_ += "\",\"file\":\"";
  add_text(bad.file);
  buffer_ += '"';
  if (bad.line != 0) buffer_.append(",\"line\":").append(std::to_string(bad.line));
  if (bad.column != 0) buffer_.append(",\"column\":").append(std::to_string(bad.column));
  buffer_.append(",\"byte\":").append(std::to_string(bad.byte));
  buffer_.append(bad.exact ? ",\"exact\":true" : ",\"exact\":false");
  buffer_.append(",\"attempts\":").append(std::to_string(bad.attempts));
  if (bad.raw_is != raw_form::record) buffer_.append(",\"raw_is\":\"").append(name_of(bad.raw_is)).append("\"");
  if (is_utf8(bad.raw)) {
    buffer_ += ",\"raw\":\"";
    add_text(bad.raw);
  } else {
    buffer_ += ",\"raw_base64\":\"";
    add_base64(bad.raw);
  }
  buffer_ += "\"}\n";
  if (buffer_.size() >= k_buffer / 2) flush();
}

// Pieces end between characters: escape() looks at whole ones.
void dead_letter_file::add_text(std::string_view text) {
  while (!text.empty()) {
    std::size_t piece = std::min(text.size(), k_piece);
    while (piece < text.size() && piece > k_piece - 4 && is_utf8_tail(text[piece])) --piece;
    if (buffer_.size() + 6 * piece > k_buffer) flush();
    append_escaped(buffer_, text.substr(0, piece));
    text.remove_prefix(piece);
  }
}

void dead_letter_file::add_base64(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, k_piece / 3 * 3);
    if (buffer_.size() + 2 * k_piece > k_buffer) flush();
    append_base64(buffer_, piece);
    bytes.remove_prefix(piece.size());
  }
}

void dead_letter_file::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t done = ::write(file_.number(), rest.data(), rest.size());
    if (done < 0) {
      if (errno == EINTR) continue;
      const int code = errno;
      buffer_.erase(0, buffer_.size() - rest.size());
      throw io_error(k_writes, path_, code);
    }
    rest.remove_prefix(static_cast<std::size_t>(done));
  }
  buffer_.clear();
}

void dead_letter_file::make_durable() {
  flush();
  if (::fdatasync(file_.number()) != 0 && errno != EINVAL && errno != EROFS) { // a pipe or a device has no disk
    throw io_error("make dead letters durable", path_, errno);
  }
}

} // namespace weir::stages
