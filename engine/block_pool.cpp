// The block pool: an owner's free list, a return stack for everybody else, and a byte count that only the owner moves.

#include <weir/block.hpp>

#include <weir/share_count.hpp>

#include "engine/return_stack.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <new>

namespace weir {
namespace detail {

class pool_core {
 public:
  pool_core(std::size_t block_size, std::size_t limit) : block_size_(block_size), limit_(limit) {}

  ~pool_core() {
    fetch();
    while (free_ != nullptr) { destroy(pop_free()); }
  }

  [[nodiscard]] block_header* take() {
    if (free_ == nullptr) { fetch(); }
    if (free_ != nullptr) { return handed_out(pop_free()); }
    if (held() + block_size_ > limit_) { return nullptr; }
    return handed_out(create(block_size_, false));
  }

  [[nodiscard]] block_header* take_large(std::size_t bytes) {
    const std::size_t wanted = page_rounded(bytes + k_block_headroom);
    fetch();
    make_room(wanted);
    if (held() + wanted > limit_) { return nullptr; }
    return handed_out(create(wanted, true));
  }

  [[nodiscard]] bool grow(block_header* header, std::size_t used, std::size_t bytes) {
    assert(header->large);
    const std::size_t wanted = page_rounded(used + bytes);
    if (wanted <= header->storage_bytes) { return true; }
    const std::size_t more = wanted - header->storage_bytes;
    fetch();
    make_room(more);
    if (held() + more > limit_) { return false; }
    void* const moved = mremap(header->storage, header->storage_bytes, wanted, MREMAP_MAYMOVE);
    if (moved == MAP_FAILED) { throw std::bad_alloc(); }
    header->storage = static_cast<std::byte*>(moved);
    header->storage_bytes = wanted;
    count(held() + more);
    return true;
  }

  void give_back(block_header* header) noexcept {
    if (!header->handles.drop()) { return; }
    returned_.push(header);
    if (gate_.raised() != wish::none && gate_.take() && owner_ != nullptr) { owner_->wake(); }
    drop();
  }

  [[nodiscard]] bool arm() noexcept {
    gate_.raise(wish::level);
    if (returned_.empty_after_gate()) { return false; }
    (void)gate_.take();
    return true;
  }

  void drop() noexcept {
    if (users_.drop()) { delete this; }
  }

  void owner(waker* who) noexcept { owner_ = who; }
  /// The owner is about to go: blocks that come back later wake nobody.
  void retire() noexcept { (void)gate_.take(); }
  [[nodiscard]] std::size_t block_size() const noexcept { return block_size_; }
  [[nodiscard]] std::size_t limit() const noexcept { return limit_; }
  [[nodiscard]] std::uint64_t held() const noexcept { return held_.get(); }
  [[nodiscard]] std::uint64_t peak() const noexcept { return peak_.get(); }
  [[nodiscard]] std::size_t free_bytes() const noexcept { return limit_ - held() + free_count_ * block_size_; }

 private:
  static std::size_t page_rounded(std::size_t bytes) noexcept { return (bytes + 4095) / 4096 * 4096; }

  // Takes over what came back. Large buffers are not kept: their bytes serve the next one better.
  void fetch() noexcept {
    block_header* header = returned_.fetch();
    while (header != nullptr) {
      block_header* const next = header->next;
      if (header->large) {
        count(held() - header->storage_bytes);
        destroy(header);
      } else {
        header->next = free_;
        free_ = header;
        ++free_count_;
      }
      header = next;
    }
  }

  void make_room(std::size_t bytes) noexcept {
    while (free_ != nullptr && held() + bytes > limit_) {
      count(held() - block_size_);
      destroy(pop_free());
    }
  }

  block_header* pop_free() noexcept {
    --free_count_;
    return std::exchange(free_, free_->next);
  }

  block_header* create(std::size_t bytes, bool large) {
    auto* const header = new block_header;
    void* const storage = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (storage == MAP_FAILED) {
      delete header;
      throw std::bad_alloc();
    }
    header->core = this;
    header->storage = static_cast<std::byte*>(storage);
    header->storage_bytes = bytes;
    header->large = large;
    count(held() + bytes);
    return header;
  }

  static void destroy(block_header* header) noexcept {
    munmap(header->storage, header->storage_bytes);
    delete header;
  }

  block_header* handed_out(block_header* header) noexcept {
    users_.add();
    header->handles.add();
    return header;
  }

  void count(std::uint64_t bytes) noexcept {
    held_.set(bytes);
    peak_.set(std::max(peak_.get(), bytes));
  }

  const std::size_t block_size_;
  const std::size_t limit_;
  waker* owner_ = nullptr;
  counter held_; // bytes allocated; written by the owner
  counter peak_;
  block_header* free_ = nullptr; // owner only
  std::size_t free_count_ = 0;   // owner only

  alignas(2 * k_cache_line) return_stack<block_header> returned_;
  gate<> gate_;         // raised by the owner, taken by whoever gives a block back
  share_count<> users_; // the pool and its blocks in hand
};

void give_back(block_header* header) noexcept { header->core->give_back(header); }

} // namespace detail

block_pool::block_pool(std::size_t block_size, std::size_t limit) : core_(new detail::pool_core(block_size, limit)) {}
block_pool::~block_pool() {
  disarm();
  core_->drop();
}
block block_pool::try_take() { return block(core_->take()); }
block block_pool::try_take_large(std::size_t bytes) { return block(core_->take_large(bytes)); }
bool block_pool::grow(block& large, std::size_t bytes) {
  return core_->grow(large.header_, large.begin_ + large.size_, bytes);
}
std::size_t block_pool::block_size() const noexcept { return core_->block_size(); }
std::size_t block_pool::limit() const noexcept { return core_->limit(); }
std::uint64_t block_pool::held_bytes() const noexcept { return core_->held(); }
std::uint64_t block_pool::peak_bytes() const noexcept { return core_->peak(); }
std::size_t block_pool::free_bytes() const noexcept { return core_->free_bytes(); }
bool block_pool::arm() noexcept { return core_->arm(); }
void block_pool::disarm() noexcept { core_->retire(); }
void block_pool::owner(waker* who) noexcept { core_->owner(who); }

} // namespace weir
