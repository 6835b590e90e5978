#include "stages/record/letter_unwrapper.hpp"

#include <array>
#include <cstring>
#include <utility>

#include "stages/record/record_policy.hpp"

namespace weir::stages {
namespace {

enum field : std::size_t {
  k_raw,
  k_raw_base64,
  k_raw_is,
  k_stage,
  k_file,
  k_line,
  k_byte,
  k_exact,
  k_attempts,
  k_fields
};
constexpr std::array<const char*, k_fields> k_names = {"raw",  "raw_base64", "raw_is", "stage",   "file",
                                                       "line", "byte",       "exact",  "attempts"};

constexpr std::string_view k_none = "this line is no dead letter: ";

reader_options all_fields() {
  reader_options options;
  options.check = validation::full;
  for (const char* name : k_names) { options.wanted.push_back({{name}}); }
  return options;
}

std::string_view text_in(const cell& of) { return of.kind == cell_kind::string ? of.text : std::string_view(); }

std::uint64_t count_in(const cell& of, std::uint64_t otherwise) {
  return of.kind == cell_kind::integer && of.integer >= 0 ? static_cast<std::uint64_t>(of.integer) : otherwise;
}

/// "json" is the stage of "json" and of "json#2".
bool is_of(std::string_view stage, std::string_view wanted) {
  return wanted.empty() || stage == wanted || stage.substr(0, stage.find('#')) == wanted;
}

/// -1: no digit of base64.
int digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

} // namespace

bool append_from_base64(std::string& to, std::string_view text) {
  if (text.size() % 4 != 0) return false;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    const bool last = at + 4 == text.size();
    const std::size_t padding = !last ? 0 : (text[at + 3] == '=' ? 1u : 0u) + (text[at + 2] == '=' ? 1u : 0u);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const int value = i >= 4 - padding && text[at + i] == '=' ? 0 : digit(text[at + i]);
      if (value < 0) return false;
      bits = bits << 6 | static_cast<std::uint32_t>(value);
    }
    for (std::size_t i = 0; i < 3 - padding; ++i) { to += static_cast<char>(bits >> (16 - 8 * i) & 0xFF); }
  }
  return true;
}

letter_reader::letter_reader(std::string path)
    : path_(std::move(path)), reader_(make_reader(row_format::json, nullptr, all_fields())) {}

void letter_reader::begin(const block& letters) {
  now_ = rows{.data = letters.share(), .format = row_format::json, .records = 0, .schema = nullptr};
  reader_->begin(now_);
}

bool letter_reader::next() {
  switch (reader_->next()) {
  case record_reader::found::end:
    now_ = {};
    return false;
  case record_reader::found::bad:
    refuse(std::string(k_none).append(name_of(reader_->problem().why)));
  case record_reader::found::record:
    take(reader_->cells());
  }
  return true;
}

void letter_reader::refuse(std::string_view why) const {
  const std::uint64_t byte = now_.data.position() + reader_->offset();
  throw bad_data(path_ + " (byte " + std::to_string(byte) + "): " + std::string(why));
}

void letter_reader::take(std::span<const cell> cells) {
  letter_ = {};
  if (cells[k_raw].kind == cell_kind::string) {
    letter_.raw = cells[k_raw].text;
  } else if (cells[k_raw_base64].kind == cell_kind::string) {
    decoded_.clear();
    if (!append_from_base64(decoded_, cells[k_raw_base64].text))
      refuse(std::string(k_none).append("'raw_base64' is not base64"));
    letter_.raw = decoded_;
  } else {
    refuse(std::string(k_none).append("it has neither 'raw' nor 'raw_base64'"));
  }
  letter_.raw_is = text_in(cells[k_raw_is]);
  letter_.stage = text_in(cells[k_stage]);
  letter_.file = text_in(cells[k_file]);
  letter_.line = count_in(cells[k_line], 0);
  letter_.byte = count_in(cells[k_byte], 0);
  letter_.exact = cells[k_exact].kind == cell_kind::boolean && cells[k_exact].truth;
  letter_.attempts = static_cast<std::uint32_t>(count_in(cells[k_attempts], 1));
}

namespace {

void check_form(const letter_reader& reader, const letter_choice& wanted) {
  const dead_letter& found = reader.letter();
  if (found.raw_is == name_of(raw_form::beginning))
    reader.refuse("this letter has no more than the beginning of its record");
  if (wanted.refuses_columns && found.raw_is == name_of(raw_form::columns))
    reader.refuse("this letter of '" + std::string(found.stage) +
                  "' holds columns that a select has made already: replay it without that select, and --stage leaves "
                  "out the letters of others");
}

} // namespace

// A letter is longer than its record by its other members, so what is written never reaches what is still to be read.
std::uint64_t unwrap_letters(letter_reader& reader, block& letters, const letter_choice& wanted) {
  const std::uint64_t position = letters.position();
  const std::uint64_t end = letters.end_position();
  char* const front = reinterpret_cast<char*>(letters.data());
  char* to = front;
  std::uint64_t records = 0;
  reader.begin(letters);
  while (reader.next()) {
    const dead_letter& found = reader.letter();
    if (!is_of(found.stage, wanted.stage)) continue;
    check_form(reader, wanted);
    std::memmove(to, found.raw.data(), found.raw.size());
    to += found.raw.size();
    *to++ = '\n';
    ++records;
  }
  letters.resize(static_cast<std::size_t>(to - front));
  letters.position(position);
  letters.end_position(end);
  return records;
}

} // namespace weir::stages
