#pragma once
// json_walk: takes the wanted values of one JSON record from its text and the list of its tokens. Knows no parser library:
// json_reader gives it the tokens.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "stages/record/cell.hpp"
#include "stages/record/field_tree.hpp"
#include "stages/record/json_scalar.hpp"
#include "stages/record/record_reader.hpp"

namespace weir::stages {

/// Containers in one another, the record's own object included.
inline constexpr std::size_t k_json_depth = 1024;

/// One record, seen by its tokens.
struct json_text {
  const char* text = nullptr; ///< text[size] is a line feed; 31 bytes more may be read
  std::size_t size = 0;
  /// Where each of {}[]:, and each scalar begins, in order; then `size`, twice. UTF-8 is right, strings are closed and hold
  /// no raw control bytes.
  const std::uint32_t* tokens = nullptr;
  bool has_escapes = true; ///< false: no backslash anywhere
};

/// What ends a value, a line feed included.
[[nodiscard]] constexpr bool is_punctuation(char c) noexcept {
  return c == ',' || c == ':' || c == '}' || c == ']' || c == '\n';
}
/// What a value that begins with `c` lacks.
[[nodiscard]] constexpr reject_class fault_of(char c) noexcept {
  return is_punctuation(c) ? reject_class::missing_value : reject_class::malformed;
}

/// At least that size, and no more than it: a vector that resizes itself may take twice as much.
inline void make_size(std::vector<char>& bytes, std::size_t size) {
  if (bytes.size() >= size) return;
  bytes = {};
  bytes.resize(size);
}

/// One thread.
class json_walk {
 public:
  explicit json_walk(const reader_options& options);

  /// Fills cells(). False: the record is bad, see problem(); where that says `malformed` somebody should look again.
  [[nodiscard]] bool take(const json_text& record);

  /// Gives back what it keeps for records longer than that.
  void drop_what_is_large(std::size_t bytes) {
    if (unescaped_.size() > bytes) unescaped_ = {};
  }

  [[nodiscard]] std::span<const cell> cells() const noexcept { return cells_; }
  [[nodiscard]] const record_reader::trouble& problem() const noexcept { return problem_; }
  /// Everything is checked, and the kinds of the top-level fields are added to what was seen before.
  [[nodiscard]] bool take_columns(const json_text& record, std::vector<column_seen>& columns);

 private:
  enum class going : std::uint8_t { on, stopped, failed };

  [[nodiscard]] char here() const noexcept { return text_[*at_]; }
  [[nodiscard]] char after() const noexcept { return text_[at_[1]]; }
  /// The text of the scalar at hand, the blanks behind it left out.
  [[nodiscard]] std::string_view token() const noexcept {
    const char* begin = text_ + at_[0];
    const char* end = text_ + at_[1];
    while (end != begin && is_blank(end[-1])) { --end; }
    return {begin, static_cast<std::size_t>(end - begin)};
  }

  bool fail(reject_class why) noexcept { return fail(why, *at_); }
  bool fail(reject_class why, std::size_t column) noexcept;
  void start(const json_text& record);

  [[nodiscard]] going object(field_node& node);
  [[nodiscard]] field_node* pass_plain(const field_node& node);
  [[nodiscard]] bool field(field_node& node, std::size_t& left);
  [[nodiscard]] bool key(std::string_view& name);
  [[nodiscard]] bool value(field_node& node);
  [[nodiscard]] bool container(field_node& node);
  [[nodiscard]] bool scalar(cell& to);
  [[nodiscard]] bool string(cell& to);
  [[nodiscard]] bool skip();
  [[nodiscard]] bool leave(bool object);
  [[nodiscard]] bool check_value();
  [[nodiscard]] bool check_scalar();
  [[nodiscard]] bool check_number(std::string_view text);
  [[nodiscard]] bool check_key();
  [[nodiscard]] bool ends_here();
  [[nodiscard]] bool one_brace_left() const noexcept;

  field_tree tree_;
  std::vector<cell> cells_;
  std::vector<char> unescaped_;
  record_reader::trouble problem_{};
  const bool full_;
  const bool only_wanted_;
  std::uint64_t record_ = 0;

  const char* text_ = nullptr;
  const std::uint32_t* at_ = nullptr;
  std::size_t size_ = 0;
  bool has_escapes_ = false;
  char* room_ = nullptr; // in unescaped_
};

} // namespace weir::stages
