#pragma once
// ready_queue: the shared list of ready stages, type-erased around moodycamel::ConcurrentQueue.
//
// Not FIFO across threads, and a failed pop proves nothing: drainer_count holds the truth about emptiness.

#include <cstddef>
#include <memory>

namespace weir::detail {

class ready_queue {
 public:
  /// `slots` callers have a preallocated producer each; others may push too.
  explicit ready_queue(std::size_t slots);
  ready_queue(const ready_queue&) = delete;
  ready_queue& operator=(const ready_queue&) = delete;
  ~ready_queue();

  /// Any thread, for none of the slots. Lock-free; may allocate when the list grows to a size it never had, and takes a lock
  /// when that fails. Never loses an entry.
  void push(void* entry) noexcept;
  /// One thread at a time for each slot. Lock-free; false: there is no memory for the list to grow, and it took nothing.
  [[nodiscard]] bool try_push_of(std::size_t slot, void* entry) noexcept;
  /// What was pushed for none of the slots, or for this one; null when none was found. Any thread. Lock-free.
  [[nodiscard]] void* try_pop() noexcept;
  [[nodiscard]] void* try_pop_of(std::size_t slot) noexcept;

 private:
  void push_without_memory(void* entry) noexcept;

  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace weir::detail
