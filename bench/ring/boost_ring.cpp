// boost::lockfree::spsc_queue with a capacity chosen at run time: one at a time, and its array forms.

#include "bench/ring/workload.hpp"

#include <boost/lockfree/spsc_queue.hpp>

#include <algorithm>

namespace bench::ring {

namespace {

template <class T>
class boost_one final : public contest {
 public:
  explicit boost_one(std::size_t capacity) : queue_(capacity) {}
  void produce(std::uint64_t items) override {
    for (std::uint64_t i = 0; i < items; ++i) {
      while (!queue_.push(make<T>(i))) { pause(); }
    }
  }
  void consume(std::uint64_t items) override {
    checker all;
    T x{};
    while (all.seen() < items) {
      if (queue_.pop(x)) {
        all.see(x);
      } else {
        pause();
      }
    }
    all.verify(items);
  }

 private:
  boost::lockfree::spsc_queue<T> queue_;
};

template <class T>
class boost_arrays final : public contest {
 public:
  boost_arrays(std::size_t capacity, std::size_t batch) : queue_(capacity), batch_(batch) {}
  void produce(std::uint64_t items) override {
    std::vector<T> some(batch_);
    for (std::uint64_t i = 0; i < items;) {
      const std::size_t n = static_cast<std::size_t>(std::min<std::uint64_t>(batch_, items - i));
      for (std::size_t k = 0; k < n; ++k) { some[k] = make<T>(i + k); }
      for (std::size_t done = 0; done < n;) {
        const std::size_t taken = queue_.push(some.data() + done, n - done);
        if (taken == 0) { pause(); }
        done += taken;
      }
      i += n;
    }
  }
  void consume(std::uint64_t items) override {
    std::vector<T> some(batch_);
    checker all;
    while (all.seen() < items) {
      const std::size_t n = queue_.pop(some.data(), batch_);
      if (n == 0) { pause(); }
      all.see(some.data(), n);
    }
    all.verify(items);
  }

 private:
  boost::lockfree::spsc_queue<T> queue_;
  std::size_t batch_;
};

// consume_all: the items in place, as many as there are.
template <class T>
class boost_consume_all final : public contest {
 public:
  explicit boost_consume_all(std::size_t capacity) : queue_(capacity) {}
  void produce(std::uint64_t items) override {
    for (std::uint64_t i = 0; i < items; ++i) {
      while (!queue_.push(make<T>(i))) { pause(); }
    }
  }
  void consume(std::uint64_t items) override {
    checker all;
    while (all.seen() < items) {
      if (queue_.consume_all([&](const T& x) { all.see(x); }) == 0) { pause(); }
    }
    all.verify(items);
  }

 private:
  boost::lockfree::spsc_queue<T> queue_;
};

class one_way {
 public:
  explicit one_way(std::size_t capacity) : queue_(capacity) {}
  bool push(std::uint64_t x) { return queue_.push(x); }
  bool pop(std::uint64_t& x) { return queue_.pop(x); }

 private:
  boost::lockfree::spsc_queue<std::uint64_t> queue_;
};

template <class T>
std::vector<entry> forms(std::size_t capacity) {
  std::vector<entry> all;
  all.push_back({"boost spsc_queue, one at a time", std::make_unique<boost_one<T>>(capacity)});
  all.push_back({"boost spsc_queue, consume_all", std::make_unique<boost_consume_all<T>>(capacity)});
  for (const std::size_t batch : {64u, 256u}) {
    all.push_back(
        {"boost spsc_queue, arrays of " + std::to_string(batch), std::make_unique<boost_arrays<T>>(capacity, batch)});
  }
  return all;
}

} // namespace

std::vector<entry> boost_forms(std::size_t capacity, carries what) {
  return what == carries::numbers ? forms<std::uint64_t>(capacity) : forms<wide>(capacity);
}
std::unique_ptr<dialogue> boost_dialogue(std::size_t capacity) { return std::make_unique<spoken<one_way>>(capacity); }

} // namespace bench::ring
