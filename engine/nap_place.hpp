#pragma once
// nap_place: where one drainer that has nothing to do sleeps a moment before it goes back to oneTBB.
//
// A oneTBB thread that comes home spins for some 300 microseconds before it sleeps. Under a trickle of items it would
// never sleep, and a core would be busy with nothing. Who naps here costs nothing and is woken for less than a oneTBB
// thread. Only one naps, and not for long: while it does, the program's other oneTBB code is one thread short.
//
//   function  who                       waits
//   nap       a drainer that has left   until it is called, or for k_longest
//   call      who has to start one      a short lock
//   close     the engine's end          a short lock

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace weir::detail {

class nap_place {
 public:
  static constexpr std::chrono::milliseconds k_longest{2};

  /// True: it was called, and is the drainer that somebody has to start.
  [[nodiscard]] bool nap() {
    std::unique_lock lock(mutex_);
    if (closed_ || taken_) { return false; }
    taken_ = true;
    called_ = false;
    changed_.wait_for(lock, k_longest, [&] { return called_ || closed_; });
    taken_ = false;
    return called_;
  }
  /// False: nobody naps, start another one.
  [[nodiscard]] bool call() {
    {
      const std::lock_guard lock(mutex_);
      if (!taken_ || called_) { return false; }
      called_ = true;
    }
    changed_.notify_one();
    return true;
  }
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    changed_.notify_one();
  }

 private:
  std::mutex mutex_; // once a start of a drainer, never an item
  std::condition_variable changed_;
  bool taken_ = false;
  bool called_ = false;
  bool closed_ = false;
};

} // namespace weir::detail
