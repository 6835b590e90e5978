#pragma once
// nap_place: where one drainer that has nothing to do sleeps a moment before it goes back to oneTBB.
//
// A oneTBB thread that comes home spins for some 300 microseconds before it sleeps. Under a trickle of items it would
// never sleep, and a core would be busy with nothing. Who naps here costs nothing and is woken for less than a oneTBB
// thread. Only one naps, and for two beats at most: while it does, the program's other oneTBB code is one thread short.
//
// A nap has no time limit where the engine's beat ends it: a timer of the kernel's would have to be taken down before whoever is
// called begins, and that takes five microseconds on a virtual machine (decision 015). A drainer whose stages wait for a time naps
// until then: to tell another thread of it, and to be woken by that one, would take more.
//
//   function  who                       waits
//   nap       a drainer that has left   until it is called, or a time has come, or it is ended
//   call      who has to start one      a short lock
//   came      who was started           a short lock
//   end_long  the beat                  a short lock
//   end       who could arm no beat     a short lock
//   close     the engine's end          a short lock

#include <weir/clock.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace weir::detail {

enum class nap_end {
  over,
  called, ///< it is the drainer that somebody has to start
  due,    ///< the time has come
};

class nap_place {
 public:
  static constexpr std::chrono::milliseconds k_longest{2}; // where no beat ends it
  static constexpr clock::time_point k_never = clock::time_point::max();

  /// `beats`: whether there is a beat, asked under the lock, so that whoever lets it rest and looks for nappers then misses none.
  template <class Beats>
  [[nodiscard]] nap_end nap(Beats beats, clock::time_point until = k_never) {
    std::unique_lock lock(mutex_);
    if (closed_ || taken_ || on_way_ > 0) { return nap_end::over; }
    taken_ = true;
    called_ = ended_ = seen_ = false;
    const auto over = [this] { return called_ || ended_ || closed_; };
    bool due = false;
    const clock::time_point end = std::min(until, beats() ? k_never : clock::now() + k_longest);
    if (end == k_never) {
      changed_.wait(lock, over);
    } else {
      due = !changed_.wait_until(lock, end, over) && until == end;
    }
    taken_ = false;
    if (called_) { return nap_end::called; }
    return due ? nap_end::due : nap_end::over;
  }
  /// False: nobody naps, start another one, which says came() when it is there. Until then nobody naps either: the place that it needs
  /// in the arena may be the napper's.
  [[nodiscard]] bool call() {
    {
      const std::lock_guard lock(mutex_);
      if (!taken_ || called_ || ended_) {
        ++on_way_;
        return false;
      }
      called_ = true;
    }
    changed_.notify_one();
    return true;
  }
  void came() {
    const std::lock_guard lock(mutex_);
    --on_way_;
  }
  /// Ends a nap that end_long() has seen before. True: somebody naps, and wants to be looked after again.
  bool end_long() {
    {
      const std::lock_guard lock(mutex_);
      if (!std::exchange(seen_, true) || called_) { return taken_; }
    }
    end();
    return false;
  }
  /// Ends whatever nap there is.
  void end() {
    {
      const std::lock_guard lock(mutex_);
      if (!taken_ || called_) { return; }
      ended_ = true;
    }
    changed_.notify_one();
  }
  [[nodiscard]] bool taken() {
    const std::lock_guard lock(mutex_);
    return taken_;
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
  bool ended_ = false;
  bool seen_ = false; // by end_long(), this nap
  bool closed_ = false;
  int on_way_ = 0; // drainers that were started and are not there yet
};

} // namespace weir::detail
