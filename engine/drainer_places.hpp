#pragma once
// drainer_places: the places that drainers have at oneTBB, one a drainer at most, and where one of them that has nothing to do
// sleeps a moment before it goes back there.
//
// A oneTBB thread that comes home spins for some 300 microseconds before it sleeps. Under a trickle of items it would
// never sleep, and a core would be busy with nothing. Who naps here costs nothing and is woken for less than a oneTBB
// thread. Only one naps, and for two beats at most.
//
// A nap has no time limit where the engine's beat ends it: a timer of the kernel's would have to be taken down before whoever is
// called begins, and that takes five microseconds on a virtual machine (decision 015). A drainer whose stages wait for a time naps
// until then: to tell another thread of it, and to be woken by that one, would take more.
//
//   function  who                           waits
//   start     who has to start a drainer    a short lock
//   nap       a drainer that found nothing  until it is called, or a time has come, or it is ended
//   leave     a drainer                     a short lock
//   end_long, somebody_naps  the beat       a short lock
//   end       who could arm no beat         a short lock
//   close     the engine's end              a short lock
//
// There are as many places as drainers may be active. So whoever has to start one while all are held is answered by one that is
// about to leave: it finds `wanted_` at its nap, or at last in leave().

#include <weir/clock.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace weir::detail {

enum class nap_end {
  over,
  called, ///< it is the drainer that somebody has to start
  due,    ///< the time has come
};

class drainer_places {
 public:
  static constexpr std::chrono::milliseconds k_longest{2}; // where no beat ends a nap
  static constexpr clock::time_point k_never = clock::time_point::max();

  explicit drainer_places(std::size_t places) {
    free_.reserve(places);
    for (std::size_t place = places; place > 0; --place) { free_.push_back(place - 1); }
  }

  /// The place at which the caller starts one; none: one that is here is the one. The place that was left last comes first: its thread
  /// may not sleep yet.
  [[nodiscard]] std::optional<std::size_t> start() {
    {
      const std::lock_guard lock(mutex_);
      if (!naps_ || called_ || ended_) {
        if (free_.empty()) {
          ++wanted_;
          return std::nullopt;
        }
        const std::size_t place = free_.back();
        free_.pop_back();
        return place;
      }
      called_ = true;
    }
    changed_.notify_one();
    return std::nullopt;
  }

  /// `beats`: whether there is a beat, asked under the lock, so that whoever lets it rest and looks for nappers then misses none.
  template <class Beats>
  [[nodiscard]] nap_end nap(Beats beats, clock::time_point until = k_never) {
    std::unique_lock lock(mutex_);
    if (wanted_ > 0) {
      --wanted_;
      return nap_end::called;
    }
    if (closed_ || naps_) { return nap_end::over; }
    naps_ = true;
    called_ = ended_ = seen_ = false;
    const auto over = [this] { return called_ || ended_ || closed_; };
    bool due = false;
    const clock::time_point end = std::min(until, beats() ? k_never : clock::now() + k_longest);
    if (end == k_never) {
      changed_.wait(lock, over);
    } else {
      due = !changed_.wait_until(lock, end, over) && until == end;
    }
    naps_ = false;
    if (called_) { return nap_end::called; }
    return due ? nap_end::due : nap_end::over;
  }

  /// True: the place is free again. False: somebody wants a drainer, and the caller is the one.
  [[nodiscard]] bool leave(std::size_t place) {
    const std::lock_guard lock(mutex_);
    if (wanted_ > 0) {
      --wanted_;
      return false;
    }
    free_.push_back(place);
    return true;
  }

  /// Ends a nap that end_long() has seen before. True: somebody naps, and wants to be looked after again.
  bool end_long() {
    {
      const std::lock_guard lock(mutex_);
      if (!std::exchange(seen_, true) || called_) { return naps_; }
    }
    end();
    return false;
  }
  /// Ends whatever nap there is.
  void end() {
    {
      const std::lock_guard lock(mutex_);
      if (!naps_ || called_) { return; }
      ended_ = true;
    }
    changed_.notify_one();
  }
  [[nodiscard]] bool somebody_naps() {
    const std::lock_guard lock(mutex_);
    return naps_;
  }
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    changed_.notify_one();
  }

 private:
  std::mutex mutex_; // a few times a drainer's life, never an item
  std::condition_variable changed_;
  std::vector<std::size_t> free_;
  std::size_t wanted_ = 0; // drainers that those who are about to leave have to be
  bool naps_ = false;
  bool called_ = false;
  bool ended_ = false;
  bool seen_ = false; // by end_long(), this nap
  bool closed_ = false;
};

} // namespace weir::detail
