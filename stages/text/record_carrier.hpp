#pragma once
// record_carrier: makes blocks of whole records of blocks that are cut anywhere. What lines and csv have in common: the record
// that a block's end cuts is kept, and put in front of the next block or finished in a block of its own size.

#include <weir/weir.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <utility>

namespace weir::stages {

/// Where records end. Keeps no state; one thread at a time.
class record_ends {
 public:
  virtual ~record_ends() = default;

  /// Bytes up to and with the end of the record that is open where `text` begins; 0: it does not end here. `inside`: what
  /// inside() said of the record so far.
  [[nodiscard]] virtual std::size_t first(std::string_view text, bool inside) const = 0;
  /// How many bytes of `text`, which begins with a record, are whole records.
  [[nodiscard]] virtual std::size_t last(std::string_view text) const = 0;
  /// Whether a record that goes on behind `text` does so where a line end does not end it; `before`: the same in front.
  [[nodiscard]] virtual bool inside(std::string_view text, bool before) const = 0;
  /// Blocks that say they hold whole lines hold whole records.
  [[nodiscard]] virtual bool are_lines() const = 0;
};

/// A record ends with its LF.
class line_record_ends final : public record_ends {
 public:
  [[nodiscard]] std::size_t first(std::string_view text, bool) const override { return text.find('\n') + 1; }
  [[nodiscard]] std::size_t last(std::string_view text) const override { return text.rfind('\n') + 1; }
  [[nodiscard]] bool inside(std::string_view, bool) const override { return false; }
  [[nodiscard]] bool are_lines() const override { return true; }
};

/// What becomes of a source's last record when it has no LF and another source follows.
enum class open_end : std::uint8_t {
  closed, ///< it gets one: the sources' texts flow together
  kept    ///< it stays as it is
};

/// What becomes of a record that is longer than the memory that there is.
enum class long_record {
  refused,  ///< an error
  beginning ///< its first bytes go out, in a block that says with its end_position() how long it is; see was_cut()
};

/// Part of one stage, with its rules of threads. A block that goes out knows its source, position() and end_position().
class record_carrier {
 public:
  /// `ends` must live as long. `beside`: see lines_options.
  record_carrier(const record_ends& ends, open_end at_source_end, long_record too_long = long_record::refused,
                 std::function<std::size_t(std::string_view)> beside = {})
      : ends_(&ends), at_source_end_(at_source_end), too_long_(too_long), beside_(std::move(beside)) {}

  /// Of a long record so much goes out.
  static constexpr std::size_t k_beginning = 1024;
  /// A block of lines is one's beginning: a line without an end that stands for more than its buffer could ever hold. A block
  /// that lines were left out of stands for no more than that.
  [[nodiscard]] static bool is_beginning(const block& lines) noexcept {
    return lines.size() == k_beginning &&
           lines.end_position() > lines.position() + lines.capacity() + k_block_headroom &&
           lines.text().find('\n') == std::string_view::npos;
  }

  [[nodiscard]] static stage_needs needs() { return {.blocks = 2, .large_records = true}; }
  void start(stage_context& context) { context_ = &context; }

  /// Takes from the front of `item`, the block at the inlet, which is used up when it is empty afterwards; call again with
  /// what is left. `whole` gets a block of whole records, or stays null. step::more; or step::memory, and the same call is to
  /// come again. Throws record_too_long when a record is longer than the memory that there is, and refused.
  [[nodiscard]] step take(block& item, block& whole);
  /// Of the block that went out last: it holds no more than the beginning of its record.
  [[nodiscard]] bool was_cut() const noexcept { return cut_; }
  /// After the last block: the open record, if there is one. Not in a run that was interrupted: it may be cut. As take().
  [[nodiscard]] step finish(block& whole);

 private:
  bool record_open() const { return lost_ || open_.size() > 0; }
  step pass_whole_records(block& item, block& whole);
  step continue_record(block& item, block& whole);
  step end_record_at_source_end(block& whole);
  step hand_out_open(block& whole);
  step make_room_beside();
  step append(std::span<const std::byte> more, std::uint64_t position, std::uint32_t source);
  step make_room(std::size_t more);
  step lose_record();
  [[noreturn]] void refuse_record() const;

  const record_ends* ends_;
  open_end at_source_end_;
  long_record too_long_;
  std::function<std::size_t(std::string_view)> beside_;
  stage_context* context_ = nullptr;
  std::uint32_t open_source_ = 0;   ///< of the open record
  std::uint64_t next_position_ = 0; ///< of the byte that would go on where the last block ended
  block open_;                      ///< the beginning of a record whose end has not come yet
  bool inside_ = false;             ///< of open_: see record_ends
  bool large_ = false;              ///< open_ is a block of its own size
  bool ended_ = false;              ///< open_ is a whole record that waits for what is asked beside it
  std::size_t asked_ = 0;           ///< so many bytes; 0: not yet known
  // A record that does not fit is followed to its end, to say how long it is.
  bool lost_ = false;
  std::uint64_t lost_at_ = 0;
  std::uint64_t lost_bytes_ = 0;
  bool cut_ = false;
};

} // namespace weir::stages
