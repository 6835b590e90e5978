// The ring: items arrive whole, in order, once each, and a slot belongs to one side at a time.

#include <weir/cursor.hpp>
#include <weir/spsc_ring.hpp>

#include "tests/model/checker/plain.hpp"
#include "tests/model/models/models.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace weir::model {

namespace {

using ring = spsc_ring<item>;

// Checks that what arrives is 0, 1, 2 ...
class in_order {
 public:
  void operator()(const item& x) { require(x.value() == next_++, "an item is lost, doubled or out of order"); }
  [[nodiscard]] int count() const noexcept { return next_; }

 private:
  int next_ = 0;
};

void push_some(ring& to, int tries) {
  for (int next = 0, i = 0; i < tries; ++i) {
    if (to.try_push(item(next))) { ++next; }
  }
}

void pop_some(ring& from, int tries) {
  in_order check;
  for (int i = 0; i < tries; ++i) {
    if (const auto x = from.try_pop()) { check(*x); }
  }
}

void push_span(ring& to, int& next, std::size_t most) {
  const std::span<item> slots = to.reserve(most);
  for (item& slot : slots) { std::construct_at(&slot, next++); }
  to.commit(slots.size());
}

void pop_span(ring& from, in_order& check, std::size_t most) {
  const std::span<item> items = from.peek(most);
  for (const item& x : items) { check(x); }
  from.release(items.size());
}

program one_by_one(std::size_t capacity, int tries) {
  return [=](scene& s) {
    auto& r = s.make<ring>(capacity);
    s.thread("producer", [&r, tries] { push_some(r, tries); });
    s.thread("consumer", [&r, tries] { pop_some(r, tries); });
  };
}

// Both sides have gone on by `turns` of the indices before the threads begin: so the storage wraps.
program wrapped(std::size_t capacity, int turns) {
  return [=](scene& s) {
    auto& r = s.make<ring>(capacity);
    for (int i = 0; i < turns; ++i) {
      require(r.try_push(item(-2)), "an empty ring takes an item");
      require(r.try_pop().has_value(), "what was pushed is there");
    }
    s.thread("producer", [&r] { push_some(r, 4); });
    s.thread("consumer", [&r] { pop_some(r, 4); });
  };
}

program spans(std::size_t capacity) {
  return [=](scene& s) {
    auto& r = s.make<ring>(capacity);
    s.thread("producer", [&r] {
      int next = 0;
      for (int i = 0; i < 3; ++i) { push_span(r, next, 2); }
    });
    s.thread("consumer", [&r] {
      in_order check;
      for (int i = 0; i < 3; ++i) { pop_span(r, check, 2); }
    });
  };
}

program cursors() {
  return [](scene& s) {
    auto& r = s.make<ring>(std::size_t{8});
    s.thread("producer", [&r] {
      push_cursor<ring> to(r);
      for (int i = 0; i < 3; ++i) { require(to.try_push(item(i)), "there is room"); }
    });
    s.thread("consumer", [&r] {
      pop_cursor<ring> from(r);
      in_order check;
      for (int i = 0; i < 4; ++i) {
        if (const item* const x = from.next()) { check(*x); }
      }
    });
  };
}

// Each item is published by itself, and slots come back when the cursor goes on or finds nothing.
program each_to_a_cursor(std::size_t capacity) {
  return [=](scene& s) {
    auto& r = s.make<ring>(capacity);
    s.thread("producer", [&r] { push_some(r, 4); });
    s.thread("consumer", [&r] {
      pop_cursor<ring> from(r);
      in_order check;
      for (int i = 0; i < 4; ++i) {
        if (const item* const x = from.next()) {
          check(*x);
        } else {
          require(r.popped() == static_cast<std::uint64_t>(check.count()), "a dry cursor has given everything back");
        }
      }
    });
  };
}

// room() and available() look up the other index for the calls that follow.
program looks() {
  return [](scene& s) {
    auto& r = s.make<ring>(std::size_t{1});
    s.thread("producer", [&r] {
      int next = 0;
      for (int i = 0; i < 3; ++i) {
        if (r.room() > 0) { push_span(r, next, 1); }
      }
    });
    s.thread("consumer", [&r] {
      in_order check;
      for (int i = 0; i < 3; ++i) {
        if (r.available() > 0) { pop_span(r, check, 1); }
      }
    });
  };
}

} // namespace

std::vector<named_model> ring_models() {
  return {
      {"ring.capacity_1", "items arrive whole, in order and once; a slot has one owner", one_by_one(1, 4)},
      {"ring.capacity_2", "the same where two items lie in the ring", one_by_one(2, 4)},
      {"ring.capacity_3", "the same where the capacity is no power of two", one_by_one(3, 4)},
      {"ring.wrap", "the same where the indices have wrapped the storage before", wrapped(2, 3)},
      {"ring.spans", "whole spans arrive in order, also where the storage wraps", spans(3)},
      {"ring.cursors", "what a cursor took is published when it ends, whole", cursors()},
      {"ring.each_to_a_cursor", "published one by one, given back by a cursor; a dry one keeps nothing",
       each_to_a_cursor(2)},
      {"ring.looks", "room() and available() hand over like reserve() and peek()", looks()},
  };
}

} // namespace weir::model
