#pragma once
// block: a handle to a pooled byte buffer, the item of all byte pipelines. block_pool: a bounded set of such buffers.
//
// A pool belongs to one stage, which alone takes from it; blocks come back from any thread through a stack that is
// only ever pushed to or emptied whole, so there is no ABA. What is taken is bounded in bytes before the run starts.
//
//   function                       who                 waits  progress
//   try_take try_take_large grow   the owning stage    no     lock-free (may call the allocator below the limit)
//   arm                            the owning stage    no     wait-free
//   ~block (give_back)             whoever holds it    no     lock-free
//   held_bytes                     anyone              no     wait-free
//
// Invariants
//   I1  held_bytes <= limit: buffers are counted when allocated, and uncounted only by the owner when it frees them
//   I2  a buffer is in exactly one place: in hand (by one handle or several), on the return stack, or on the owner's list
//   I3  the core lives as long as the pool or any block of it

#include <weir/gate.hpp>
#include <weir/share_count.hpp>
#include <weir/waker.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace weir {

namespace detail {

class pool_core;

/// In front of each buffer. Plain fields belong to the owner, or to whoever holds the only handle.
struct block_header {
  pool_core* core = nullptr;
  block_header* next = nullptr; // on the return stack or the owner's list
  std::byte* storage = nullptr; // the buffer
  std::size_t storage_bytes = 0;
  bool large = false;
  share_count<> handles{0};
};

void give_back(block_header* header) noexcept;

} // namespace detail

/// Room kept free in front of a fresh block's data, so that a stage can put a few bytes before it without a copy.
inline constexpr std::size_t k_block_headroom = 4096;
/// Bytes of a block's buffer by default, its headroom included.
inline constexpr std::size_t k_block_size = 256 * 1024;

/// A handle to a pooled buffer and to a range of bytes in it; null when moved from. Move-only: a second handle of the same
/// bytes is asked for by share(). The bytes are written only by the holder of the only handle. One thread at a time.
class block {
 public:
  static constexpr bool k_holds_block = true;

  block() = default;
  block(std::nullptr_t) {} // NOLINT(google-explicit-constructor): null is a block
  block(block&& other) noexcept { take(other); }
  block& operator=(block&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  ~block() { reset(); }

  [[nodiscard]] explicit operator bool() const noexcept { return header_ != nullptr; }
  /// Gives the buffer back to its pool, when this was its last handle.
  void reset() noexcept {
    if (header_ != nullptr) { detail::give_back(std::exchange(header_, nullptr)); }
    size_ = 0;
  }
  /// Another handle of the same bytes; what it drops or adds at its ends is its own affair.
  [[nodiscard]] block share() const noexcept {
    block other;
    if (header_ != nullptr) { header_->handles.add(); }
    other.header_ = header_;
    other.begin_ = begin_;
    other.size_ = size_;
    other.position_ = position_;
    other.end_position_ = end_position_;
    other.source_ = source_;
    other.whole_records_ = whole_records_;
    return other;
  }
  /// Somebody else may be reading the same bytes: copy them before you write.
  [[nodiscard]] bool shared() const noexcept { return header_ != nullptr && !header_->handles.alone(); }

  [[nodiscard]] std::byte* data() const noexcept { return header_->storage + begin_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Bytes that fit from data() on.
  [[nodiscard]] std::size_t capacity() const noexcept { return header_->storage_bytes - begin_; }
  /// Bytes that may be written before data(): none while the buffer is shared.
  [[nodiscard]] std::size_t headroom() const noexcept { return shared() ? 0 : begin_; }
  /// Says how many bytes are used; at most capacity().
  void resize(std::size_t n) noexcept { size_ = n; }
  /// Takes `n` bytes of the headroom in front of data(); at most headroom(). The caller fills them.
  void grow_front(std::size_t n) noexcept {
    begin_ -= n;
    size_ += n;
    position_ -= n;
  }
  void drop_front(std::size_t n) noexcept {
    begin_ += n;
    size_ -= n;
    position_ += n;
  }
  void drop_back(std::size_t n) noexcept { size_ -= n; }

  [[nodiscard]] std::span<std::byte> bytes() const noexcept { return {data(), size()}; }
  [[nodiscard]] std::span<std::byte> space() const noexcept { return {data(), capacity()}; }
  [[nodiscard]] std::string_view text() const noexcept { return {reinterpret_cast<const char*>(data()), size()}; }

  /// Byte offset of data() in the source it came from, after decompression.
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
  void position(std::uint64_t offset) noexcept { position_ = offset; }
  /// Offset behind the last byte of the source that this block stands for: position() + size(), and more where records
  /// were left out. 0 where nobody keeps count.
  [[nodiscard]] std::uint64_t end_position() const noexcept { return end_position_; }
  void end_position(std::uint64_t offset) noexcept { end_position_ = offset; }
  /// Nothing was left out of it: the byte at data() + n is the source's byte position() + n. An LF that the source's last line
  /// lacked may have been put behind.
  [[nodiscard]] bool gapless() const noexcept {
    return position_ + size_ - end_position_ <= 1 && end_position_ >= position_;
  }
  /// Which of the run's inputs it came from, as its source numbers them from 1; 0: unknown.
  [[nodiscard]] std::uint32_t source() const noexcept { return source_; }
  void source(std::uint32_t number) noexcept { source_ = number; }
  /// Takes over where the bytes of another block came from.
  void came_from(const block& other) noexcept {
    position_ = other.position_;
    end_position_ = other.end_position_;
    source_ = other.source_;
    whole_records_ = other.whole_records_;
  }
  /// The block holds whole records (lines; the very last may lack its LF): nothing is cut at its ends. Set by stages
  /// that make records, passed on by stages that keep them.
  [[nodiscard]] bool whole_records() const noexcept { return whole_records_; }
  void whole_records(bool are) noexcept { whole_records_ = are; }

 private:
  friend class block_pool;
  explicit block(detail::block_header* header) noexcept : header_(header), begin_(k_block_headroom) {}
  void take(block& other) noexcept {
    header_ = std::exchange(other.header_, nullptr);
    begin_ = other.begin_;
    size_ = std::exchange(other.size_, 0);
    came_from(other);
  }

  detail::block_header* header_ = nullptr;
  std::size_t begin_ = 0;
  std::size_t size_ = 0;
  std::uint64_t position_ = 0;
  std::uint64_t end_position_ = 0;
  std::uint32_t source_ = 0;
  bool whole_records_ = false;
};

/// What a block counts as in byte accounting.
[[nodiscard]] inline std::uint64_t byte_size(const block& b) noexcept { return b.size(); }

/// One stage's blocks. Created by the engine at check(), limited in bytes for good.
class block_pool {
 public:
  /// A pool of buffers of `block_size` bytes, at most `limit` bytes of them at a time.
  block_pool(std::size_t block_size, std::size_t limit);
  block_pool(const block_pool&) = delete;
  block_pool& operator=(const block_pool&) = delete;
  ~block_pool();

  /// An empty block with k_block_headroom in front, or null: all are in use, return step::memory.
  /// Throws std::bad_alloc when the system has no memory below the limit.
  [[nodiscard]] block try_take();
  /// A block whose buffer holds `bytes` behind its headroom; null when the limit does not allow it now.
  [[nodiscard]] block try_take_large(std::size_t bytes);
  /// Makes room for `bytes` behind the data of a large block, in place or by moving pages; false: not now.
  [[nodiscard]] bool grow(block& large, std::size_t bytes);

  [[nodiscard]] std::size_t block_size() const noexcept;
  /// Bytes a fresh block of try_take() holds behind its headroom.
  [[nodiscard]] std::size_t payload() const noexcept { return block_size() - k_block_headroom; }
  [[nodiscard]] std::size_t limit() const noexcept;
  /// Bytes allocated now; never above limit().
  [[nodiscard]] std::uint64_t held_bytes() const noexcept;
  [[nodiscard]] std::uint64_t peak_bytes() const noexcept;
  /// Bytes that could be had if every free block were given up. Owner only.
  [[nodiscard]] std::size_t free_bytes() const noexcept;

  /// Before the owner parks for lack of a block. True: one came back meanwhile, go on.
  [[nodiscard]] bool arm() noexcept;
  /// The owner has gone: blocks that come back wake nobody.
  void disarm() noexcept;
  void owner(waker* who) noexcept;

 private:
  detail::pool_core* core_;
};

} // namespace weir
