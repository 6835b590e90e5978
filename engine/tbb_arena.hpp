#pragma once
// tbb_arena: P threads of oneTBB, type-erased.

#include <cstddef>
#include <memory>

namespace weir::detail {

class tbb_arena {
 public:
  /// Room for `threads` oneTBB workers. oneTBB itself is woken by the first enqueue(), which takes it most of a millisecond: a
  /// run that its waiter does alone goes without. From then on its global limit of threads is held high enough for them.
  explicit tbb_arena(std::size_t threads);
  tbb_arena(const tbb_arena&) = delete;
  tbb_arena& operator=(const tbb_arena&) = delete;
  ~tbb_arena();

  /// Runs call(argument) on some worker, soon. Any thread. Wakes one if all sleep, which costs microseconds;
  /// where memory has run out it waits for some.
  void enqueue(void (*call)(void*), void* argument);
  /// The calling worker's place in the arena, below `threads`; only inside an enqueued call.
  [[nodiscard]] static std::size_t slot() noexcept;
  /// Threads this process may use.
  [[nodiscard]] static std::size_t default_threads() noexcept;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace weir::detail
