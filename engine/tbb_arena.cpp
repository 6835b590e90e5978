// The one file that names oneTBB. Built without TSan instrumentation: its fences are invisible to TSan; what crosses
// it is ordered by the state word and the drainer count.

#include "engine/tbb_arena.hpp"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <mutex>
#include <new>
#include <optional>
#include <set>
#include <thread>

namespace weir::detail {

namespace {

// Of several limits that live at once oneTBB takes the lowest, so all arenas share one, as high as the highest needs.
class shared_limit {
 public:
  static shared_limit& one() {
    static shared_limit& only = *new shared_limit; // never destroyed: a static of the user's may hold an engine longer
    return only;
  }
  void need(std::size_t threads) {
    const std::lock_guard lock(mutex_);
    needed_.insert(threads);
    apply();
  }
  void need_no_more(std::size_t threads) {
    const std::lock_guard lock(mutex_);
    needed_.erase(needed_.find(threads));
    apply();
  }

 private:
  void apply() {
    if (needed_.empty()) { return limit_.reset(); }
    constexpr auto k_what = tbb::global_control::max_allowed_parallelism;
    if (limit_ && tbb::global_control::active_value(k_what) >= *needed_.rbegin()) { return; }
    limit_.reset();
    limit_.emplace(k_what, std::max(*needed_.rbegin(), tbb::global_control::active_value(k_what)));
  }

  std::mutex mutex_;
  std::multiset<std::size_t> needed_;
  std::optional<tbb::global_control> limit_;
};

} // namespace

struct tbb_arena::impl {
  // One thread more than asked for: oneTBB counts the thread that waits as one of them, and nobody may be waiting.
  explicit impl(std::size_t threads) : most(threads + 1), arena(static_cast<int>(threads), 0) {
    shared_limit::one().need(most);
    arena.initialize();
  }
  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;
  ~impl() { shared_limit::one().need_no_more(most); }
  std::size_t most;
  tbb::task_arena arena;
};

tbb_arena::tbb_arena(std::size_t threads) : impl_(std::make_unique<impl>(threads)) {}
tbb_arena::~tbb_arena() = default;

// oneTBB allocates a task for it. A drainer that nobody starts would leave ready work for ever, so this waits for the
// memory that others give back.
void tbb_arena::enqueue(void (*call)(void*), void* argument) {
  for (;; std::this_thread::yield()) {
    try {
      return impl_->arena.enqueue([call, argument] { call(argument); });
    } catch (const std::bad_alloc&) {}
  }
}

std::size_t tbb_arena::slot() noexcept {
  const int index = tbb::this_task_arena::current_thread_index();
  return index < 0 ? static_cast<std::size_t>(-1) : static_cast<std::size_t>(index);
}

std::size_t tbb_arena::default_threads() noexcept {
  return static_cast<std::size_t>(std::max(1, tbb::info::default_concurrency()));
}

} // namespace weir::detail
