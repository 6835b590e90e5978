// tbb::concurrent_bounded_queue, one at a time: it has no other form.

#include "bench/ring/workload.hpp"

#include <oneapi/tbb/concurrent_queue.h>

namespace bench::ring {

namespace {

template <class T>
class bounded_queue final : public contest {
 public:
  explicit bounded_queue(std::size_t capacity) { queue_.set_capacity(static_cast<std::ptrdiff_t>(capacity)); }
  void produce(std::uint64_t items) override {
    for (std::uint64_t i = 0; i < items; ++i) {
      while (!queue_.try_push(make<T>(i))) { pause(); }
    }
  }
  void consume(std::uint64_t items) override {
    checker all;
    T x{};
    while (all.seen() < items) {
      if (queue_.try_pop(x)) {
        all.see(x);
      } else {
        pause();
      }
    }
    all.verify(items);
  }

 private:
  tbb::concurrent_bounded_queue<T> queue_;
};

template <class T>
std::vector<entry> forms(std::size_t capacity) {
  std::vector<entry> all;
  all.push_back({"tbb concurrent_bounded_queue", std::make_unique<bounded_queue<T>>(capacity)});
  return all;
}

} // namespace

std::vector<entry> tbb_forms(std::size_t capacity, carries what) {
  return what == carries::numbers ? forms<std::uint64_t>(capacity) : forms<wide>(capacity);
}

} // namespace bench::ring
