// The one file that names oneTBB. Built without TSan instrumentation: its fences are invisible to TSan; what crosses
// it is ordered by the state word, the drainer count and the places' lock.

#include "engine/tbb_threads.hpp"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/task_arena.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <new>
#include <optional>
#include <thread>
#include <vector>

namespace weir::detail {

namespace {

// Of several limits that live at once oneTBB takes the lowest, so all arenas share one. It has room for all of their threads
// beside all that the program may have without them: where arenas ask for more than there is, oneTBB deals out by what they ask for,
// and a place that asks for one gets none.
class shared_limit {
 public:
  static shared_limit& one() {
    static shared_limit& only = *new shared_limit; // never destroyed: a static of the user's may hold an engine longer
    return only;
  }
  void need(std::size_t threads) {
    const std::lock_guard lock(mutex_);
    if (!kept_) { kept_ = tbb::task_scheduler_handle(tbb::attach{}); }
    limit_.reset();
    limit_.emplace(k_what, tbb::global_control::active_value(k_what) + needed_ + threads);
    needed_ += threads;
  }
  void need_no_more(std::size_t threads) {
    const std::lock_guard lock(mutex_);
    needed_ -= threads;
    if (needed_ == 0) { limit_.reset(); }
  }

 private:
  static constexpr auto k_what = tbb::global_control::max_allowed_parallelism;

  std::mutex mutex_;
  std::size_t needed_ = 0; // by the arenas that have begun
  // oneTBB's threads sleep on for the next engine. Else the last of them to leave an arena ends them all, some time after the last
  // engine, maybe while the process exits, which TSan calls a leak. To wait for that end (tbb::finalize) hung where an
  // allocation had failed.
  tbb::task_scheduler_handle kept_;
  std::optional<tbb::global_control> limit_;
};

} // namespace

struct tbb_threads::impl {
  explicit impl(std::size_t places) : arenas(places) {}
  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;
  ~impl() {
    if (counted) { shared_limit::one().need_no_more(arenas.size()); }
  }

  tbb::task_arena& begun(std::size_t place) {
    std::optional<tbb::task_arena>& arena = arenas[place];
    if (arena) { return *arena; }
    {
      const std::lock_guard lock(counting);
      if (!counted) {
        shared_limit::one().need(arenas.size());
        counted = true;
      }
    }
    arena.emplace(1, 0);
    try {
      arena->initialize();
    } catch (...) { // one that got no memory waits for itself when it is asked again
      arena.reset();
      throw;
    }
    return *arena;
  }

  std::vector<std::optional<tbb::task_arena>> arenas; // each: by who holds the place
  std::mutex counting;                                // once a place
  bool counted = false;
};

tbb_threads::tbb_threads(std::size_t places) : impl_(std::make_unique<impl>(places)) {}
tbb_threads::~tbb_threads() = default;

// oneTBB allocates a task for it. A drainer that nobody starts would leave ready work for ever, so this waits for the
// memory that others give back.
void tbb_threads::enqueue(std::size_t place, void (*call)(void*, std::size_t), void* argument) {
  for (;; std::this_thread::yield()) {
    try {
      return impl_->begun(place).enqueue([=] { call(argument, place); });
    } catch (const std::bad_alloc&) {}
  }
}

// As oneTBB counts them, but without waking it.
std::size_t tbb_threads::default_threads() noexcept {
  cpu_set_t allowed;
  if (sched_getaffinity(getpid(), sizeof allowed, &allowed) == 0) {
    return static_cast<std::size_t>(CPU_COUNT(&allowed));
  }
  return static_cast<std::size_t>(std::max(1, tbb::info::default_concurrency()));
}

} // namespace weir::detail
