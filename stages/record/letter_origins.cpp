#include "stages/record/letter_origins.hpp"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace weir::stages {
namespace {

constexpr std::size_t k_piece = letter_origins::k_bytes / 2;
constexpr std::size_t k_longest = std::size_t{64} << 20;

} // namespace

letter_origins::letter_origins(std::string path)
    : path_(std::move(path)), file_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)), pool_(k_piece, 2 * k_longest),
      reader_(path_) {}

// The file was read as it stands: what is told lies before what find() reads now.
void letter_origins::retell(bad_record_report& bad) {
  if (bad.file != path_ || !file_) return;
  if (bad.byte != block_ || next_ < bad.byte) next_ = bad.byte;
  block_ = bad.byte;
  try {
    std::optional<std::uint64_t> behind = find(bad, next_);
    if (!behind && next_ != block_) behind = find(bad, block_);
    if (behind) next_ = *behind;
  } catch (const bad_data&) { return; } // told by the source
}

std::optional<std::uint64_t> letter_origins::find(bad_record_report& bad, std::uint64_t from) {
  if (window_ && from > window_at_ && from < window_at_ + window_.size()) {
    block rest = window_.share();
    rest.drop_front(static_cast<std::size_t>(from - window_at_));
    if (const std::optional<std::uint64_t> behind = find_in(rest, bad, from)) return behind;
  }
  if (!window_ || from != window_at_) {
    window_ = {}; // its buffer is read into again
    window_ = read_at(from);
    window_at_ = from;
  }
  return window_ ? find_in(window_, bad, from) : std::nullopt;
}

std::optional<std::uint64_t> letter_origins::find_in(const block& letters, bad_record_report& bad, std::uint64_t from) {
  reader_.begin(letters);
  while (reader_.next()) {
    const dead_letter& each = reader_.letter();
    if (each.raw != bad.raw) continue;
    bad.file = each.file;
    bad.line = each.line;
    bad.byte = each.byte;
    bad.exact = each.exact;
    bad.attempts = each.attempts + 1;
    if (each.raw_is == name_of(raw_form::columns)) bad.raw_is = raw_form::columns;
    return from + reader_.offset() + reader_.size();
  }
  return std::nullopt;
}

/// Whole letters from there on; null: there are none, or one is too long.
block letter_origins::read_at(std::uint64_t offset) {
  for (std::size_t size = pool_.payload(); size <= k_longest; size *= 4) {
    block room = size <= pool_.payload() ? pool_.try_take() : pool_.try_take_large(size);
    if (!room) return {};
    const ssize_t got = ::pread(file_.number(), room.data(), size, static_cast<off_t>(offset));
    if (got <= 0) return {};
    room.resize(static_cast<std::size_t>(got));
    const std::size_t whole = room.text().rfind('\n') + 1;
    if (whole == 0 && static_cast<std::size_t>(got) == size) continue; // half of one letter
    if (whole > 0) room.resize(whole);
    return room;
  }
  return {};
}

} // namespace weir::stages
