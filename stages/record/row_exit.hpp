#pragma once
// row_exit: the way out of a record part: joins pieces that belong together, puts the header in front of CSV, and keeps
// positions moving where no record is left.

#include <weir/weir.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "stages/record/sifted.hpp"

namespace weir::stages {

/// What a row_exit pushes into.
class row_outlet {
 public:
  [[nodiscard]] virtual bool has_room() = 0;
  /// There is room.
  virtual void push(rows out) = 0;

 protected:
  ~row_outlet() = default;
};

/// When a line of column names stands in front of what leaves.
enum class header_line : std::uint8_t {
  none,
  if_csv_came, ///< text as it is: known with the first rows
  always
};

/// The settle node's turns only.
class row_exit {
 public:
  row_exit(row_outlet& to, bool text, header_line header) : to_(&to), text_(text), header_(header) {}

  /// Blocks of its pool: a header, a block without records.
  static constexpr std::size_t k_blocks = 2;
  void start(stage_context& context) { context_ = &context; }

  /// The next item.
  void begin(const sifted& item);
  /// Passes on what `data` holds, which is moved out when step::more is returned; step::room, step::memory: call again.
  /// `open`: the next data belong to these. Throws record_too_long: all that does not fit; std::runtime_error.
  [[nodiscard]] step emit(block& data, std::uint32_t records, const sifted& item, bool open);
  /// What waits for the rest of its input block holds so many bytes.
  [[nodiscard]] std::size_t joined_bytes() const noexcept { return joint_ ? joint_.size() : 0; }
  /// All that an input block became was emitted. step::more; step::room: call again.
  [[nodiscard]] step end_input(const sifted& item);
  [[nodiscard]] step finish();

 private:
  static constexpr std::size_t k_most_silent = 16; // blocks

  [[nodiscard]] step add_to_joint(const block& data, std::uint32_t records);
  [[nodiscard]] step put_header(const row_schema& columns);
  void push(block data, std::uint32_t records, const sifted& item);
  void note(const sifted& item);
  void check_columns(const sifted& item);
  [[nodiscard]] bool push_empty();

  row_outlet* to_;
  bool text_;
  header_line header_;
  bool with_header_ = false; ///< CSV leaves
  stage_context* context_ = nullptr;

  block joint_; ///< pieces so far
  std::uint32_t joint_records_ = 0;
  bool begun_ = false;
  bool header_out_ = false;

  bool said_something_ = false;            ///< of the input block at hand
  std::size_t silent_ = 0;                 ///< input blocks since something left
  std::shared_ptr<const row_schema> told_; ///< that left last
  // Of the latest input block.
  std::uint64_t position_ = 0;
  std::uint32_t source_ = 0;
  row_format format_ = row_format::json;
  std::shared_ptr<const row_schema> schema_;
};

} // namespace weir::stages
