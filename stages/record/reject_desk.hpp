#pragma once
// reject_desk: where the bad records of a record part are reported, in order, with their lines; and all records counted.

#include <weir/weir.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "stages/record/line_book.hpp"
#include "stages/record/sifted.hpp"
#include "stages/record/sifter.hpp"

namespace weir::stages {

/// One thread at a time: the settle node's turns.
class reject_desk {
 public:
  explicit reject_desk(std::shared_ptr<const record_steps> steps) : steps_(std::move(steps)) {}

  /// Opens the files of dead letters. Throws io_error.
  void start(stage_context& context);

  /// The next item; its input block may have been begun already.
  void begin(const sifted& item);
  void count(const sift_counts& counts);
  /// To report these would write: call report() in a turn that may block.
  [[nodiscard]] bool would_write(std::span<const bad_row> bad) const;
  /// Any number of them may be.
  [[nodiscard]] bool writes_letters() const noexcept { return letters_; }
  /// They stand in `where`, `base` bytes behind its front. Throws bad_data, io_error.
  void report(std::span<const bad_row> bad, const rows& where, std::size_t base = 0);
  /// One that is good, but too long.
  void report_too_long(const bad_row& bad, const rows& where, std::size_t needed);
  /// So many line ends of the input block were gone past.
  void pass_lines(std::uint32_t lines) noexcept { lines_done_ += lines; }
  void end(const sifted& item);

  /// When dead letters that are in memory are to be written at the latest.
  [[nodiscard]] const std::optional<clock::time_point>& letters_due() const noexcept { return letters_due_; }
  /// In a turn that may block. Throws io_error.
  void write_letters();
  /// Behind the last record. Throws bad_data.
  void finish();

 private:
  void report_cut(const bad_row& bad, const rows& alone);
  void report_one(const bad_row& bad, const rows& alone, const sifter::judgement& found);
  [[nodiscard]] std::size_t unwritten() const;
  [[nodiscard]] std::string_view raw_of(const rows& alone);

  std::shared_ptr<const record_steps> steps_;
  stage_context* context_ = nullptr;
  bool letters_ = false; ///< some step puts records aside
  std::optional<sifter> judge_;
  std::optional<clock::time_point> letters_due_;

  line_book lines_;
  std::uint64_t lines_before_ = line_book::k_unknown; ///< the input block at hand
  std::uint64_t lines_done_ = 0;                      ///< of it
  std::uint32_t source_ = 0;
  std::string path_; ///< of source_

  // To tell cells as JSON.
  std::unique_ptr<record_reader> cells_;
  std::shared_ptr<const row_schema> cells_schema_;
  std::string cells_text_;
};

} // namespace weir::stages
