// moodycamel::ConcurrentQueue with tokens: one at a time and in bulk. It is made for many threads and bounds itself only
// nearly; it stands here as what people take when they want one queue for everything.

#include "bench/ring/workload.hpp"

#include <concurrentqueue/concurrentqueue.h>

#include <algorithm>

namespace bench::ring {

namespace {

template <class T>
class concurrent_queue final : public contest {
 public:
  concurrent_queue(std::size_t capacity, std::size_t batch)
      : queue_(capacity), to_(queue_), from_(queue_), batch_(batch) {}
  void produce(std::uint64_t items) override {
    std::vector<T> some(batch_);
    for (std::uint64_t i = 0; i < items;) {
      const std::size_t n = static_cast<std::size_t>(std::min<std::uint64_t>(batch_, items - i));
      for (std::size_t k = 0; k < n; ++k) { some[k] = make<T>(i + k); }
      while (!put(some, n)) { pause(); }
      i += n;
    }
  }
  void consume(std::uint64_t items) override {
    std::vector<T> some(batch_);
    checker all;
    while (all.seen() < items) {
      const std::size_t n = take(some);
      if (n == 0) { pause(); }
      all.see(some.data(), n);
    }
    all.verify(items);
  }

 private:
  bool put(const std::vector<T>& some, std::size_t n) {
    return n == 1 ? queue_.try_enqueue(to_, some[0]) : queue_.try_enqueue_bulk(to_, some.data(), n);
  }
  std::size_t take(std::vector<T>& some) {
    if (batch_ == 1) { return queue_.try_dequeue(from_, some[0]) ? 1 : 0; }
    return queue_.try_dequeue_bulk(from_, some.data(), batch_);
  }

  moodycamel::ConcurrentQueue<T> queue_;
  moodycamel::ProducerToken to_;
  moodycamel::ConsumerToken from_;
  std::size_t batch_;
};

template <class T>
std::vector<entry> forms(std::size_t capacity) {
  std::vector<entry> all;
  all.push_back({"moodycamel ConcurrentQueue, tokens", std::make_unique<concurrent_queue<T>>(capacity, 1)});
  all.push_back({"moodycamel ConcurrentQueue, bulk of 256", std::make_unique<concurrent_queue<T>>(capacity, 256)});
  return all;
}

} // namespace

std::vector<entry> concurrent_queue_forms(std::size_t capacity, carries what) {
  return what == carries::numbers ? forms<std::uint64_t>(capacity) : forms<wide>(capacity);
}

} // namespace bench::ring
