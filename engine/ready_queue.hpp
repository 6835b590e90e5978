#pragma once
// ready_queue: the shared list of ready stages, type-erased around moodycamel::ConcurrentQueue.
//
// Not FIFO across threads, and a failed pop proves nothing: drainer_count holds the truth about emptiness.

#include <cstddef>
#include <memory>

namespace weir::detail {

class ready_queue {
 public:
  /// `slots` callers have a preallocated producer each; others may push too, with slot k_outside.
  explicit ready_queue(std::size_t slots);
  ready_queue(const ready_queue&) = delete;
  ready_queue& operator=(const ready_queue&) = delete;
  ~ready_queue();

  static constexpr std::size_t k_outside = static_cast<std::size_t>(-1);

  /// Any thread; one at a time for each slot. Lock-free; may allocate when the list grows to a size it never had, and takes
  /// a lock when that fails. Never loses an entry.
  void push(void* entry, std::size_t slot) noexcept;
  /// Any thread; null when none was found. Lock-free.
  [[nodiscard]] void* try_pop() noexcept;
  /// What this slot's caller, or (k_outside) callers without one, pushed. Any thread. Lock-free.
  [[nodiscard]] void* try_pop_of(std::size_t slot) noexcept;

 private:
  void push_without_memory(void* entry) noexcept;

  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace weir::detail
