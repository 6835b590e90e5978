// moodycamel::ConcurrentQueue between two threads, and one thread without a queue.

#include "bench/slow/workload.hpp"

#include <concurrentqueue/concurrentqueue.h>

#include <utility>

namespace bench::slow {

void one_thread(lasting t) {
  maker from(t);
  taker to;
  for (item next = from.next(); next; next = from.next()) { to.take_slowly(*next); }
}

void concurrent_queue(lasting t) {
  moodycamel::ConcurrentQueue<item> queue;
  std::thread producer([&] {
    maker from(t);
    const moodycamel::ProducerToken token(queue);
    for (item next = from.next(); next; next = from.next()) { queue.enqueue(token, std::move(next)); }
    queue.enqueue(token, nullptr);
  });
  taker to;
  for (item next; queue.try_dequeue(next) ? next != nullptr : true;) {
    if (!next) {
      std::this_thread::yield();
      continue;
    }
    to.take_slowly(*next);
    next.reset();
  }
  producer.join();
}

} // namespace bench::slow
