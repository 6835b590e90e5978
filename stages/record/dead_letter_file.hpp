#pragma once
// dead_letter_file: where bad records are put aside, one JSON object a line, added behind what an earlier run left there.
//
//   {"run":…,"stage":…,"class":…,"reason":…,"file":…,"line":…,"column":…,"byte":…,"exact":…,"attempts":…,"raw":"…"}
// "raw_is":"columns" or "beginning" stands in front of "raw" where that is not the record: see raw_form. "raw_base64" stands in place of "raw" where the record is not UTF-8. Line and column are left out where they are unknown.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "stages/file/descriptor.hpp"
#include "stages/record/record_policy.hpp"

namespace weir::stages {

/// One thread at a time: the ledger's lock.
class dead_letter_file {
 public:
  /// Opens or creates it. A last line that a killed run left half-written is taken away. Throws io_error.
  explicit dead_letter_file(std::string path);

  /// The same for all names of one file.
  struct identity {
    std::uint64_t device = 0;
    std::uint64_t number = 0;
    bool operator==(const identity&) const = default;
  };
  [[nodiscard]] identity which() const;
  /// Of the file that has that name now; none: there is none.
  [[nodiscard]] static std::optional<identity> which(const std::string& path);

  /// Adds a letter to the buffer; writes whenever 64 KiB are full, so a record may be of any size. Throws io_error.
  void append(std::string_view run, const bad_record_report& bad);
  [[nodiscard]] std::size_t unwritten() const noexcept { return buffer_.size(); }
  void flush();
  /// flush() and fdatasync().
  void make_durable();

 private:
  void end_half_line();
  void add_text(std::string_view text);
  void add_base64(std::string_view bytes);

  std::string path_;
  descriptor file_;
  std::string buffer_;
};

} // namespace weir::stages
