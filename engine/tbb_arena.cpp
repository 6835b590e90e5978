// The one file that names oneTBB. Built without TSan instrumentation: its fences are invisible to TSan; what crosses
// it is ordered by the state word and the drainer count.

#include "engine/tbb_arena.hpp"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>

namespace weir::detail {

struct tbb_arena::impl {
  // One thread more than asked for: oneTBB counts the thread that waits as one of them, and nobody may be waiting.
  explicit impl(std::size_t threads)
      : limit(tbb::global_control::max_allowed_parallelism,
              std::max(threads + 1, tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism))),
        arena(static_cast<int>(threads), 0) {
    arena.initialize();
  }
  tbb::global_control limit;
  tbb::task_arena arena;
};

tbb_arena::tbb_arena(std::size_t threads) : impl_(std::make_unique<impl>(threads)) {}
tbb_arena::~tbb_arena() = default;

void tbb_arena::enqueue(void (*call)(void*), void* argument) {
  impl_->arena.enqueue([call, argument] { call(argument); });
}

std::size_t tbb_arena::slot() noexcept {
  const int index = tbb::this_task_arena::current_thread_index();
  return index < 0 ? static_cast<std::size_t>(-1) : static_cast<std::size_t>(index);
}

std::size_t tbb_arena::default_threads() noexcept {
  return static_cast<std::size_t>(std::max(1, tbb::info::default_concurrency()));
}

} // namespace weir::detail
