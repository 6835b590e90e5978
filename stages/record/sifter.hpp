#pragma once
// sifter: goes once through the records of a block: reads each, asks the tests, keeps it in place or writes it anew.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "stages/record/record_reader.hpp"
#include "stages/record/row_writer.hpp"
#include "stages/record/sift_layout.hpp"
#include "stages/record/sifted.hpp"

namespace weir::stages {

/// One thread. Each replica has one, and so has the settle node, for what a replica leaves to it.
class sifter {
 public:
  enum class stop : std::uint8_t {
    end,  ///< of the block
    bad,  ///< k_most_bad bad rows: go on with an empty list
    full, ///< rewrite(): the record at hand does not fit into what is left
  };

  explicit sifter(std::shared_ptr<const record_steps> steps);

  /// Bytes it may come to hold, for blocks of usual size.
  [[nodiscard]] std::size_t context_bytes() const noexcept;

  /// Nothing more is asked of the block at hand: what was allocated for it alone goes back.
  void end();

  /// Begins with a block, which must stay as it is (but for in_place()) until the next begin(). Throws std::invalid_argument:
  /// the steps ask for a column that the rows do not have.
  void begin(const rows& in);
  [[nodiscard]] bool in_place() const noexcept { return layout_.form == sift_form::in_place; }
  [[nodiscard]] sift_form form() const noexcept { return layout_.form; }
  /// Of what is kept; the rows that came in have it themselves where this is null.
  [[nodiscard]] const std::shared_ptr<const row_schema>& leaves() const noexcept { return layout_.leaves; }
  [[nodiscard]] row_format format() const noexcept;
  /// The records' places are known, in cells that are made too.
  [[nodiscard]] bool exact() const noexcept { return exact_; }

  /// Moves the kept and the bad records to `to`, at or before the block's first byte not yet gone past; counts and lists them
  /// in `item`; returns how many bytes they take. Stopped at `bad`, passed() is where to begin anew.
  std::size_t in_place(char* to, sifted& item, stop& why);

  /// As in_place(), for a block that may only be read: counts and lists; `begin` and `end` become where what is kept stands
  /// in the block. False: that is not one stretch, or there are too many bad rows.
  [[nodiscard]] bool one_stretch(sifted& item, std::size_t& begin, std::size_t& end);

  /// Writes the kept records behind what `to` holds. After `full`, call it again with another block: the record at hand
  /// comes first. After `bad` too, with room in the list.
  stop rewrite(row_writer& to, sifted& item);
  /// Passes over the record at hand, which was `full`, as bad.
  void refuse(sifted& item, std::size_t step);

  /// How far it got in the block: the end of the last record that was dealt with.
  [[nodiscard]] std::size_t passed() const noexcept { return passed_; }
  /// Where the record at hand begins in its source.
  [[nodiscard]] std::uint64_t source_position() const noexcept { return reader_->source_position(); }
  /// What was written so far may leave: the record at hand begins at a known place, or nobody keeps count of the source.
  [[nodiscard]] bool may_split() const noexcept { return exact_ || in_source_ == 0; }
  /// What the record at hand needs, written anew: bytes, at most.
  [[nodiscard]] std::size_t needed(const row_writer& to) const { return to.needed(chosen_); }

  struct judgement {
    std::size_t step = 0;
    reject_class why = reject_class::malformed;
    std::size_t column = 0; ///< byte in the record, from 1; 0: unknown
    std::string message;
  };
  /// What is wrong with a record that stands alone in its block. Ends what begin() began.
  [[nodiscard]] judgement judge(const rows& alone);

 private:
  static constexpr int k_keep = -1;
  static constexpr int k_drop = -2;

  void choose_layout(const rows& in);
  void choose_reader();
  int ask(std::span<const cell> cells, sift_counts& counts);
  std::uint32_t pass_record(sift_counts& counts);
  char* without_cr(char* begin, char* end) const noexcept;
  void put_out(sifted& item, std::size_t step, std::size_t offset, std::uint32_t line);
  void pass_end(sift_counts& counts);
  [[nodiscard]] judgement judge_tests() const;

  std::shared_ptr<const record_steps> steps_;
  std::vector<predicate> tests_; // as layout_.tests
  sift_layout layout_;
  std::unique_ptr<record_reader> reader_; ///< null: of layout_, but not needed now
  // What layout_ was made for.
  bool made_ = false;
  row_format format_ = row_format::json;
  std::shared_ptr<const row_schema> schema_;

  // The block at hand.
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::size_t passed_ = 0; ///< end of the last record
  bool lines_known_ = false;
  bool many_lines_ = false; ///< a record may have more than one
  bool exact_ = false;      ///< positions of records are known
  std::uint32_t in_source_ = 0;
  // rewrite():
  bool pending_ = false; ///< the record at hand waits for room, in a block or among the bad rows
  record_reader::found what_ = record_reader::found::end;
  std::vector<cell> chosen_; ///< the columns of the record at hand
};

} // namespace weir::stages
