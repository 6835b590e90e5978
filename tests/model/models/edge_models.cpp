// The edge's handshakes: whoever parks is woken, at every level and at every end.

#include <weir/edge.hpp>
#include <weir/waker.hpp>

#include "tests/model/checker/plain.hpp"
#include "tests/model/models/models.hpp"

#include <cstddef>
#include <cstdint>

namespace weir::model {

namespace {

// An edge whose two parties park on a parker each, as threads outside the engine do; stages park on their state word.
struct pair_of_ends {
  explicit pair_of_ends(const edge_options& options) : edge(options.resolved(1)) {
    edge.producer(&producer);
    edge.consumer(&consumer);
  }
  void fill(int items) {
    for (int i = 0; i < items; ++i) { require(edge.try_push(item(i)), "a new edge has room"); }
    edge.flush_out();
  }

  typed_edge<item> edge;
  parker producer;
  parker consumer;
};

edge_options of(std::size_t capacity, std::size_t low_water) {
  edge_options options;
  options.capacity = capacity;
  options.low_water = low_water;
  return options;
}

// The producer's turn that ends at a full edge, and its next ones until the item is in.
void push_parking(pair_of_ends& w, int value) {
  for (;;) {
    const std::uint32_t ticket = w.producer.ticket();
    if (w.edge.closed() || w.edge.try_push(item(value))) { break; }
    w.edge.signal_data();
    if (!w.edge.arm_drain()) { w.producer.wait(ticket); }
  }
  w.edge.flush_out();
  w.edge.signal_data();
}

// The consumer's turn over one item; it ends as a stage's turn does.
void pop_here(pair_of_ends& w, int value) {
  const item* const x = w.edge.front();
  require(x != nullptr && x->value() == value, "an item is lost, doubled or out of order");
  w.edge.next();
  w.edge.flush_in();
}

int pop_parking(pair_of_ends& w) {
  for (;;) {
    const std::uint32_t ticket = w.consumer.ticket();
    if (const item* const x = w.edge.front()) {
      const int value = x->value();
      w.edge.next();
      w.edge.flush_in();
      w.edge.signal_space(true);
      return value;
    }
    if (w.edge.ended()) { return -1; }
    w.edge.signal_space(true);
    if (!w.edge.arm_data()) { w.consumer.wait(ticket); }
  }
}

// A full edge: the producer parks while the consumer takes `taken` items and parks too.
program full(std::size_t capacity, std::size_t low_water, int taken) {
  return [=](scene& s) {
    auto& w = s.make<pair_of_ends>(of(capacity, low_water));
    w.fill(static_cast<int>(capacity));
    s.thread("producer", [&w, capacity] { push_parking(w, static_cast<int>(capacity)); });
    s.thread("consumer", [&w, taken] {
      for (int i = 0; i < taken; ++i) { pop_here(w, i); }
      w.edge.signal_space(true);
    });
  };
}

// The consumer keeps running: it owes a drain at the low-water mark and no sooner.
program full_to_low_water(std::size_t capacity, std::size_t low_water) {
  return [=](scene& s) {
    auto& w = s.make<pair_of_ends>(of(capacity, low_water));
    w.fill(static_cast<int>(capacity));
    s.thread("producer", [&w, capacity] { push_parking(w, static_cast<int>(capacity)); });
    s.thread("consumer", [&w, capacity, low_water] {
      for (std::size_t i = 0; i < capacity - low_water; ++i) { pop_here(w, static_cast<int>(i)); }
      w.edge.signal_space(false);
    });
  };
}

// offer() reports pressure: exactly one drain comes for it.
program one_drain() {
  return [](scene& s) {
    auto& w = s.make<pair_of_ends>(of(1, edge_options::k_default));
    s.thread("producer", [&w] {
      const std::uint32_t ticket = w.producer.ticket();
      const outcome said = w.edge.offer(item(0));
      w.edge.signal_data();
      if (said == outcome::taken_full) {
        w.producer.wait(ticket);
        require(w.edge.drained(), "a drain comes at the low-water mark");
      }
    });
    s.thread("consumer", [&w] { require(pop_parking(w) == 0, "the item arrives"); });
    s.after([&w] { require(w.edge.drains() <= 1, "one drain for each report of pressure"); });
  };
}

program empty_then_item() {
  return [](scene& s) {
    auto& w = s.make<pair_of_ends>(of(2, edge_options::k_default));
    s.thread("producer", [&w] { push_parking(w, 7); });
    s.thread("consumer", [&w] { require(pop_parking(w) == 7, "the item arrives"); });
  };
}

program item_then_end() {
  return [](scene& s) {
    auto& w = s.make<pair_of_ends>(of(1, edge_options::k_default));
    s.thread("producer", [&w] {
      require(w.edge.try_push(item(0)), "there is room");
      w.edge.finish();
    });
    s.thread("consumer", [&w] {
      require(pop_parking(w) == 0, "the last item comes before the end");
      require(pop_parking(w) == -1, "the end comes");
    });
  };
}

program end_only() {
  return [](scene& s) {
    auto& w = s.make<pair_of_ends>(of(1, edge_options::k_default));
    auto& before = s.make<plain<int>>(0);
    s.thread("producer", [&] {
      before.set(1); // Such as the error that ends it.
      w.edge.finish();
    });
    s.thread("consumer", [&] {
      require(pop_parking(w) == -1, "the end comes");
      require(before.get() == 1, "the end hands over what came before it");
    });
  };
}

program full_then_closed() {
  return [](scene& s) {
    auto& w = s.make<pair_of_ends>(of(1, edge_options::k_default));
    w.fill(1);
    s.thread("producer", [&w] { push_parking(w, 1); });
    s.thread("consumer", [&w] { w.edge.close(); });
    s.after([&w] { w.edge.discard(); });
  };
}

// Both park in turn: the producer at the full edge, the consumer at the empty one.
program both_park() {
  return [](scene& s) {
    auto& w = s.make<pair_of_ends>(of(1, edge_options::k_default));
    w.fill(1);
    s.thread("producer", [&w] { push_parking(w, 1); });
    s.thread("consumer", [&w] {
      require(pop_parking(w) == 0, "the first item arrives");
      require(pop_parking(w) == 1, "the second item arrives");
    });
  };
}

// The wait set of a tee: a producer that waits for room in two edges is woken by each.
program wait_set() {
  return [](scene& s) {
    auto& left = s.make<pair_of_ends>(of(1, edge_options::k_default));
    auto& right = s.make<pair_of_ends>(of(1, edge_options::k_default));
    right.edge.producer(&left.producer);
    left.fill(1);
    right.fill(1);
    s.thread("tee", [&] {
      for (;;) {
        const std::uint32_t ticket = left.producer.ticket();
        const bool wants_left = !left.edge.has_room();
        const bool wants_right = !right.edge.has_room();
        if (!wants_left && !wants_right) { return; }
        bool news = wants_left && left.edge.arm_drain();
        news = (wants_right && right.edge.arm_drain()) || news;
        if (!news) { left.producer.wait(ticket); }
      }
    });
    s.thread("left", [&left] {
      pop_here(left, 0);
      left.edge.signal_space(true);
    });
    s.thread("right", [&right] {
      pop_here(right, 0);
      right.edge.signal_space(true);
    });
  };
}

// The mark behind an item of a replica: items seen without the mark before them are the earlier input's (parallel.hpp).
program mark_before_next() {
  return [](scene& s) {
    auto& made = s.make<pair_of_ends>(of(2, edge_options::k_default));
    auto& marks = s.make<pair_of_ends>(of(2, edge_options::k_default));
    s.thread("replica", [&] {
      for (const int i : {0, 1}) {
        require(made.edge.try_push(item(i)), "there is room");
        made.edge.flush_out();
        require(marks.edge.try_push(item(i)), "there is room");
        marks.edge.flush_out();
      }
    });
    s.thread("merger", [&] {
      const bool some = made.edge.has_items();
      if (!some) { return; }
      pop_here(made, 0);
      if (!made.edge.has_items()) { return; }
      require(marks.edge.front() != nullptr, "the mark of an input is published before the next input's items");
    });
  };
}

} // namespace

std::vector<named_model> edge_models() {
  constexpr std::size_t k_low = edge_options::k_default;
  return {
      {"edge.full_1", "a producer parked at a full edge is woken by any room once the consumer parks",
       full(1, k_low, 1)},
      {"edge.full_2", "the same at capacity 2, above the low-water mark", full(2, 0, 1)},
      {"edge.full_4", "the same at capacity 4", full(4, 1, 2)},
      {"edge.low_water_0", "at the low-water mark it is woken while the consumer runs on", full_to_low_water(2, 0)},
      {"edge.low_water_1", "the same with a mark of 1", full_to_low_water(2, 1)},
      {"edge.low_water_3", "the same with a mark of 3 of 4", full_to_low_water(4, 3)},
      {"edge.one_drain", "a report of pressure is followed by one drain", one_drain()},
      {"edge.empty", "a consumer parked at an empty edge is woken by an item", empty_then_item()},
      {"edge.item_end", "the end comes after the last item, and wakes", item_then_end()},
      {"edge.end", "the end wakes, and hands over what came before it", end_only()},
      {"edge.closed", "a consumer that goes wakes the producer", full_then_closed()},
      {"edge.both_park", "both sides park in turn and both are woken", both_park()},
      {"edge.wait_set", "who waits for room in two edges is woken by either", wait_set()},
      {"edge.mark", "what was published first is seen first, across two edges", mark_before_next()},
  };
}

} // namespace weir::model
