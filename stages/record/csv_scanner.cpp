#include "stages/record/csv_scanner.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace weir::stages {
namespace {

/// A record's last field without the CR in front of the line's LF.
void without_return(csv_field& last) {
  if (last.end != last.begin && last.end[-1] == '\r') --last.end;
}

} // namespace

void csv_scanner::begin(std::string_view text) {
  text_ = record_ = at_ = window_ = text.data();
  end_ = text_ + text.size();
  width_ = 0;
  high_ = 0;
  load();
}

// What lies behind the text counts as zeros, which mean nothing.
void csv_scanner::load() {
  const auto left = static_cast<std::size_t>(end_ - window_);
  if (left >= k_csv_window) {
    marks_ = csv_marks_of(window_, delimiter_);
  } else {
    std::array<char, k_csv_window> padded{};
    if (left > 0) std::memcpy(padded.data(), window_, left);
    marks_ = csv_marks_of(padded.data(), delimiter_);
  }
  high_ |= marks_.high;
}

/// The first byte at or behind `from` that `pick` has a bit of, or the end. Never goes back behind the window.
template <class Pick>
const char* csv_scanner::find(const char* from, Pick pick) {
  for (;;) {
    if (const auto skip = static_cast<std::size_t>(from - window_); skip < k_csv_window) {
      const std::uint64_t hits = pick(marks_) & (~std::uint64_t{0} << skip);
      if (hits != 0) return window_ + std::countr_zero(hits);
    }
    if (static_cast<std::size_t>(end_ - window_) <= k_csv_window) return end_;
    window_ += k_csv_window;
    load();
    from = std::max(from, window_);
  }
}

csv_scanner::found csv_scanner::next() {
  for (;;) {
    record_ = at_;
    width_ = 0;
    if (at_ == end_) return found::end;
    const auto skip = static_cast<std::size_t>(at_ - window_);
    high_ = skip < k_csv_window ? marks_.high >> skip : 0;
    after what = after::field;
    while (what == after::field) what = at_ != end_ && *at_ == '"' ? quoted_field(at_) : plain_fields();
    if (what == after::trouble) return found::bad;
    if (!blank()) return found::record;
  }
}

/// Fields without quotes around them, as many as follow each other: up to the record's end or in front of a quoted one. One bit
/// after the other, with all that is in use in registers.
csv_scanner::after csv_scanner::plain_fields() {
  const char* begin = at_;
  std::size_t width = width_;
  for (;;) {
    std::uint64_t hits = marks_.delimiters | marks_.newlines | marks_.quotes;
    if (begin > window_) {
      const auto skip = static_cast<std::size_t>(begin - window_);
      hits = skip < k_csv_window ? hits & (~std::uint64_t{0} << skip) : 0;
    }
    for (; hits != 0; hits &= hits - 1) {
      const char* const hit = window_ + std::countr_zero(hits);
      if (*hit == '"') {
        if (hit != begin && !quoted_newlines_) continue;
        at_ = begin;
        width_ = width;
        return hit == begin ? after::field : fail(hit, hit);
      }
      if (width == fields_.size() && width < most_fields_) fields_.emplace_back();
      if (width < fields_.size()) fields_[width] = {begin, hit, false, false};
      ++width;
      begin = hit + 1;
      if (*hit == delimiter_) continue;
      if (width <= fields_.size()) without_return(fields_[width - 1]);
      at_ = begin;
      width_ = width;
      return after::record;
    }
    if (static_cast<std::size_t>(end_ - window_) <= k_csv_window) break;
    window_ += k_csv_window;
    load();
  }
  width_ = width;
  return end_field({begin, end_, false, false}, end_);
}

csv_scanner::after csv_scanner::quoted_field(const char* at) {
  const char* from = at + 1;
  bool doubled = false;
  for (;; from += 2, doubled = true) {
    from = quoted_newlines_ ? find(from, [](const csv_marks& m) { return m.quotes; })
                            : find(from, [](const csv_marks& m) { return m.quotes | m.newlines; });
    if (from == end_ || *from == '\n') return fail(at, from); // never closed
    if (from + 1 == end_ || from[1] != '"') break;
  }
  const char* behind = from + 1;
  if (behind != end_ && *behind == '\r' && (behind + 1 == end_ || behind[1] == '\n')) ++behind;
  if (behind != end_ && *behind != '\n' && (*behind != delimiter_ || behind != from + 1))
    return fail(from + 1, from + 1);
  return end_field({at + 1, from, true, doubled}, behind);
}

/// `end`: the delimiter, the LF, or the text's end.
csv_scanner::after csv_scanner::end_field(const csv_field& field, const char* end) {
  const bool more = end != end_ && *end == delimiter_;
  if (width_ == fields_.size() && width_ < most_fields_) fields_.emplace_back();
  if (width_ < fields_.size()) {
    fields_[width_] = field;
    if (!more && !field.quoted) without_return(fields_[width_]);
  }
  ++width_;
  at_ = end == end_ ? end_ : end + 1;
  return more ? after::field : after::record;
}

csv_scanner::after csv_scanner::fail(const char* where, const char* from) {
  bad_at_ = where;
  const char* const end = record_end(from);
  at_ = end == end_ ? end_ : end + 1;
  return after::trouble;
}

/// The LF that ends the record, or the end; the quotes before `from` are even in number.
const char* csv_scanner::record_end(const char* from) {
  if (!quoted_newlines_) return find(from, [](const csv_marks& m) { return m.newlines; });
  for (;; ++from) {
    from = find(from, [](const csv_marks& m) { return m.newlines | m.quotes; });
    if (from == end_ || *from == '\n') return from;
    from = find(from + 1, [](const csv_marks& m) { return m.quotes; });
    if (from == end_) return end_;
  }
}

bool csv_scanner::blank() const {
  if (width_ != 1 || most_fields_ == 0) return false;
  const csv_field& only = fields_.front();
  return !only.quoted && only.text().find_first_not_of(" \t\r") == std::string_view::npos;
}

} // namespace weir::stages
