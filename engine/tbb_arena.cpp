// The one file that names oneTBB. Built without TSan instrumentation: its fences are invisible to TSan; what crosses
// it is ordered by the state word and the drainer count.

#include "engine/tbb_arena.hpp"

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

namespace weir::detail {

namespace {

// Of several limits that live at once oneTBB takes the lowest, so all arenas share one. It has room for all of their threads
// at once: a drainer that naps keeps its thread, and would be missing in another engine's arena.
class shared_limit {
 public:
  static shared_limit& one() {
    static shared_limit& only = *new shared_limit; // never destroyed: a static of the user's may hold an engine longer
    return only;
  }
  void need(std::size_t threads) {
    const std::lock_guard lock(mutex_);
    // One more than asked for: oneTBB counts the thread that waits as one of them, and nobody may be waiting.
    const std::size_t at_least = needed_ + threads + 1;
    if (!limit_ || tbb::global_control::active_value(k_what) < at_least) {
      limit_.reset();
      limit_.emplace(k_what, std::max(at_least, tbb::global_control::active_value(k_what)));
    }
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
  std::optional<tbb::global_control> limit_;
};

} // namespace

struct tbb_arena::impl {
  explicit impl(std::size_t most) : threads(most) {}
  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;
  ~impl() {
    if (counted) { shared_limit::one().need_no_more(threads); }
  }

  void begin() {
    const std::lock_guard lock(beginning);
    if (begun) { return; }
    if (!counted) {
      shared_limit::one().need(threads);
      counted = true;
    }
    // anew: one that got no memory waits for itself when it is asked again
    arena.emplace(static_cast<int>(threads), 0);
    arena->initialize();
    begun = true;
  }

  std::size_t threads;
  std::optional<tbb::task_arena> arena;
  std::mutex beginning; // a lock for each thread that is woken, which costs a thousand times as much
  bool counted = false;
  bool begun = false;
};

tbb_arena::tbb_arena(std::size_t threads) : impl_(std::make_unique<impl>(threads)) {}
tbb_arena::~tbb_arena() = default;

// oneTBB allocates a task for it. A drainer that nobody starts would leave ready work for ever, so this waits for the
// memory that others give back.
void tbb_arena::enqueue(void (*call)(void*), void* argument) {
  for (;; std::this_thread::yield()) {
    try {
      impl_->begin();
      return impl_->arena->enqueue([call, argument] { call(argument); });
    } catch (const std::bad_alloc&) {}
  }
}

std::size_t tbb_arena::slot() noexcept {
  const int index = tbb::this_task_arena::current_thread_index();
  return index < 0 ? static_cast<std::size_t>(-1) : static_cast<std::size_t>(index);
}

// As oneTBB counts them, but without waking it.
std::size_t tbb_arena::default_threads() noexcept {
  cpu_set_t allowed;
  if (sched_getaffinity(getpid(), sizeof allowed, &allowed) == 0) {
    return static_cast<std::size_t>(CPU_COUNT(&allowed));
  }
  return static_cast<std::size_t>(std::max(1, tbb::info::default_concurrency()));
}

} // namespace weir::detail
