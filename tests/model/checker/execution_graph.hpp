#pragma once
// execution_graph: the events of one execution, who reads from whom, and each object's modification order.
//
// What the graph allows is C++20's memory model without load buffering (RC11: program order and reads-from together have
// no cycle):
//
//   coherence  a read never sees a write that is older than one it knows of; a write stands behind all it knows of
//   atomicity  the write of a read-modify-write stands right behind the one that it read
//   hand-over  an acquire that reads from a release, or from the read-modify-writes that follow it, knows all that the
//              releaser knew
//   seq_cst    one order of all seq_cst operations agrees with strongly-happens-before and with the coherence order of
//              each object, also where that leads through other operations
//
// Fences are not part of it: the tree has none.

#include "tests/model/checker/event.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir::model {

/// An atomic object: the `nth` that its thread constructed.
struct location {
  std::uint8_t thread = 0;
  std::uint16_t nth = 0;
  std::vector<event_id> writes; ///< in modification order
};

class execution_graph {
 public:
  [[nodiscard]] std::size_t size(std::size_t thread) const noexcept { return threads_[thread].size(); }
  [[nodiscard]] const event& at(event_id id) const noexcept { return threads_[id.thread][id.index]; }
  [[nodiscard]] event& at(event_id id) noexcept { return threads_[id.thread][id.index]; }
  [[nodiscard]] const event& last(std::size_t thread) const noexcept { return threads_[thread].back(); }
  [[nodiscard]] event& last(std::size_t thread) noexcept { return threads_[thread].back(); }
  /// The location with this identity, made when it is new.
  [[nodiscard]] std::uint16_t location_of(std::size_t thread, std::size_t nth);
  /// The read sees the newest write of its object.
  [[nodiscard]] bool reads_newest(const event& read) const noexcept;

  /// What the thread knows before its first event.
  void begins(std::size_t thread, const vector_clock& known) noexcept { begin_[thread] = known; }
  /// What the thread knows after so many of its events.
  [[nodiscard]] const vector_clock& known(std::size_t thread, std::size_t events) const noexcept;
  [[nodiscard]] const vector_clock& known(std::size_t thread) const noexcept { return known(thread, size(thread)); }

  /// Every load that the thread's last write depends on, of the same object, also happens before it.
  [[nodiscard]] bool loads_before_last(std::size_t thread) const noexcept;

  /// The writes that a new read of the thread may see, newest first.
  [[nodiscard]] std::vector<event_id> readable(std::size_t thread, std::uint16_t location) const;
  /// Where a new write may stand in its object's modification order, last place first.
  [[nodiscard]] std::vector<std::size_t> places(std::size_t thread, const event& write) const;

  /// Appends to the thread. False: no order of the seq_cst operations is left; take it back.
  [[nodiscard]] bool add_read(std::size_t thread, event read, event_id from);
  [[nodiscard]] bool add_write(std::size_t thread, event write, std::size_t place);
  void take_back(std::size_t thread);

  /// The graphs in which a read that does not know the thread's new write sees it, as far as this graph is the one to
  /// try it from: each execution is reached once (Kokologiannakis et al., Truly Stateless, Optimal Dynamic Partial Order
  /// Reduction, 2022). `write` is not yet part of this graph.
  [[nodiscard]] std::vector<execution_graph> revisits(std::size_t thread, const event& write) const;

  /// One line an event, in the order in which they were added.
  [[nodiscard]] std::string text(const std::vector<std::string>& names) const;

 private:
  [[nodiscard]] vector_clock prefix(std::size_t thread, std::size_t events) const noexcept;
  void settle(event_id id, event_id from) noexcept;
  [[nodiscard]] std::size_t place_of(event_id write) const noexcept;
  [[nodiscard]] std::size_t oldest_readable(std::uint16_t location, const vector_clock& known) const noexcept;
  [[nodiscard]] bool one_order() const;
  [[nodiscard]] bool added_maximally(event_id id, const vector_clock& cause) const;
  [[nodiscard]] execution_graph until(std::uint32_t stamp, const vector_clock& kept) const;

  vector_clock begin_[k_most_threads];
  std::vector<event> threads_[k_most_threads];
  std::vector<location> locations_;
  std::uint32_t stamps_ = 0;
};

} // namespace weir::model
