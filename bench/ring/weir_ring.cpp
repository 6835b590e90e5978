// weir::spsc_ring: published item by item (and taken by try_pop, or through a cursor that gives slots back by the span),
// through cursors at both ends, by spans. `touch` is the ring's switch.

#include "bench/ring/workload.hpp"

#include <weir/cursor.hpp>
#include <weir/spsc_ring.hpp>

#include <algorithm>

namespace bench::ring {

namespace {

// try_push, try_pop: every item is published, and every slot given back, at once.
template <class T>
class weir_one final : public contest {
 public:
  weir_one(std::size_t capacity, bool touch) : ring_(capacity, touch) {}
  void produce(std::uint64_t items) override {
    for (std::uint64_t i = 0; i < items; ++i) {
      while (!ring_.try_push(make<T>(i))) { pause(); }
    }
  }
  void consume(std::uint64_t items) override {
    checker all;
    while (all.seen() < items) {
      if (const auto x = ring_.try_pop()) {
        all.see(*x);
      } else {
        pause();
      }
    }
    all.verify(items);
  }

 private:
  weir::spsc_ring<T> ring_;
};

// try_push, pop_cursor: every item is published at once, slots are given back by the span.
template <class T>
class weir_each final : public contest {
 public:
  weir_each(std::size_t capacity, bool touch) : ring_(capacity, touch) {}
  void produce(std::uint64_t items) override {
    for (std::uint64_t i = 0; i < items; ++i) {
      while (!ring_.try_push(make<T>(i))) { pause(); }
    }
  }
  void consume(std::uint64_t items) override {
    weir::pop_cursor from(ring_);
    checker all;
    while (all.seen() < items) {
      if (const T* const x = from.next()) {
        all.see(*x);
      } else {
        pause();
      }
    }
    all.verify(items);
  }

 private:
  weir::spsc_ring<T> ring_;
};

template <class T>
class weir_cursor final : public contest {
 public:
  weir_cursor(std::size_t capacity, bool touch) : ring_(capacity, touch) {}
  void produce(std::uint64_t items) override {
    weir::push_cursor to(ring_);
    for (std::uint64_t i = 0; i < items; ++i) {
      while (!to.try_push(make<T>(i))) { pause(); }
    }
  }
  void consume(std::uint64_t items) override {
    weir::pop_cursor from(ring_);
    checker all;
    while (all.seen() < items) {
      if (const T* const x = from.next()) {
        all.see(*x);
      } else {
        pause();
      }
    }
    all.verify(items);
  }

 private:
  weir::spsc_ring<T> ring_;
};

template <class T>
class weir_spans final : public contest {
 public:
  weir_spans(std::size_t capacity, bool touch, std::size_t batch) : ring_(capacity, touch), batch_(batch) {}
  void produce(std::uint64_t items) override {
    for (std::uint64_t i = 0; i < items;) {
      const auto span = ring_.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(batch_, items - i)));
      if (span.empty()) { pause(); }
      for (std::size_t k = 0; k < span.size(); ++k) { std::construct_at(span.data() + k, make<T>(i + k)); }
      ring_.commit(span.size());
      i += span.size();
    }
  }
  void consume(std::uint64_t items) override {
    checker all;
    while (all.seen() < items) {
      const auto span = ring_.peek(batch_);
      if (span.empty()) { pause(); }
      all.see(span.data(), span.size());
      ring_.release(span.size());
    }
    all.verify(items);
  }

 private:
  weir::spsc_ring<T> ring_;
  std::size_t batch_;
};

class one_way {
 public:
  explicit one_way(std::size_t capacity) : ring_(capacity) {}
  bool push(std::uint64_t x) { return ring_.try_push(x); }
  bool pop(std::uint64_t& x) {
    const auto got = ring_.try_pop();
    if (got) { x = *got; }
    return got.has_value();
  }

 private:
  weir::spsc_ring<std::uint64_t> ring_;
};

template <class T>
std::vector<entry> forms(std::size_t capacity, bool touch) {
  const std::string end = touch ? "" : ", no touch";
  std::vector<entry> all;
  all.push_back({"weir, try_push and try_pop" + end, std::make_unique<weir_one<T>>(capacity, touch)});
  all.push_back({"weir, publish each" + end, std::make_unique<weir_each<T>>(capacity, touch)});
  all.push_back({"weir, cursor" + end, std::make_unique<weir_cursor<T>>(capacity, touch)});
  for (const std::size_t batch : {64u, 256u}) {
    all.push_back(
        {"weir, spans of " + std::to_string(batch) + end, std::make_unique<weir_spans<T>>(capacity, touch, batch)});
  }
  return all;
}

} // namespace

std::vector<entry> weir_forms(std::size_t capacity, carries what, bool touch) {
  return what == carries::numbers ? forms<std::uint64_t>(capacity, touch) : forms<wide>(capacity, touch);
}
std::unique_ptr<dialogue> weir_dialogue(std::size_t capacity) { return std::make_unique<spoken<one_way>>(capacity); }

} // namespace bench::ring
