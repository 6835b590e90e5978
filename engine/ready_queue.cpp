// The one file that names moodycamel. Built without TSan instrumentation: its fences are invisible to TSan; what
// crosses it is ordered by the state word.

#include "engine/ready_queue.hpp"

#include <concurrentqueue/concurrentqueue.h>

#include <mutex>
#include <thread>
#include <vector>

namespace weir::detail {

struct ready_queue::impl {
  explicit impl(std::size_t slots) : queue(1024, slots, 0), outside(256, 1, 8), spare(outside) {
    for (std::size_t i = 0; i < slots; ++i) { producers.emplace_back(queue); }
  }
  moodycamel::ConcurrentQueue<void*> queue;
  moodycamel::ConcurrentQueue<void*> outside;
  std::vector<moodycamel::ProducerToken> producers;

  std::mutex spare_mutex; // out of memory only: then a lock is better than a stage that is lost
  moodycamel::ProducerToken spare;
};

ready_queue::ready_queue(std::size_t slots) : impl_(std::make_unique<impl>(slots)) {}
ready_queue::~ready_queue() = default;

void ready_queue::push(void* entry) noexcept {
  if (!impl_->outside.enqueue(entry)) { push_without_memory(entry); }
}

bool ready_queue::try_push_of(std::size_t slot, void* entry) noexcept {
  return impl_->queue.enqueue(impl_->producers[slot], entry);
}

// The spare producer has blocks of its own. Once those are full the drainers will empty them.
void ready_queue::push_without_memory(void* entry) noexcept {
  for (;; std::this_thread::yield()) {
    const std::lock_guard lock(impl_->spare_mutex);
    if (impl_->outside.enqueue(impl_->spare, entry)) { return; }
  }
}

void* ready_queue::try_pop() noexcept {
  void* entry = nullptr;
  return impl_->outside.try_dequeue(entry) ? entry : nullptr;
}

void* ready_queue::try_pop_of(std::size_t slot) noexcept {
  void* entry = nullptr;
  return impl_->queue.try_dequeue_from_producer(impl_->producers[slot], entry) ? entry : nullptr;
}

} // namespace weir::detail
