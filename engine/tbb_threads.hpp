#pragma once
// tbb_threads: places for threads of oneTBB, type-erased.
//
// Each place is an arena of its own, for one worker. oneTBB counts what an arena asks for, not who works in it: an arena for several
// asks for nothing any more once one of them has found it empty, however long the others go on. Whoever is started elsewhere then has
// to wait until one of those comes home: up to 160 milliseconds behind a nap, for ever behind a turn that does not end (decision 021). In
// an arena for one nobody else can find it empty, only a body that itself waits for oneTBB. And to start one drainer wakes one thread, not
// as many as may be.

#include <cstddef>
#include <memory>

namespace weir::detail {

class tbb_threads {
 public:
  /// Room for `places` oneTBB workers. oneTBB itself is woken by the first enqueue(), which takes it most of a millisecond: a
  /// run that its waiter does alone goes without. From then on its global limit of threads is held high enough for them.
  explicit tbb_threads(std::size_t places);
  tbb_threads(const tbb_threads&) = delete;
  tbb_threads& operator=(const tbb_threads&) = delete;
  ~tbb_threads();

  /// Runs call(argument, place) on a worker of that place, soon. Whoever holds the place. Wakes a thread, which costs microseconds;
  /// where memory has run out it waits for some.
  void enqueue(std::size_t place, void (*call)(void* argument, std::size_t place), void* argument);
  /// Threads this process may use.
  [[nodiscard]] static std::size_t default_threads() noexcept;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace weir::detail
