#pragma once
// event: one read or write of an atomic object, as the execution graph keeps it.

#include "tests/model/checker/vector_clock.hpp"

#include <atomic>
#include <cstdint>

namespace weir::model {

/// Where in the source an operation stands.
struct site {
  const char* file = "";
  int line = 0;
};

struct event_id {
  std::uint8_t thread = 0;
  std::uint16_t index = 0;
  friend bool operator==(const event_id&, const event_id&) = default;
};

enum class event_kind : std::uint8_t { read, write };

/// What a read is part of; it decides what follows from the value that was read.
enum class read_mode : std::uint8_t {
  load,
  update,  ///< the first half of a read-modify-write; a write follows at once
  compare, ///< of a compare-exchange: an update if the value is the expected one, otherwise a load
  await,   ///< of atomic wait: the thread stays here while the value is the expected one
};

struct event {
  event_kind kind = event_kind::read;
  std::uint16_t location = 0;
  std::memory_order order = std::memory_order_seq_cst;
  std::uint64_t value = 0;
  std::uint32_t stamp = 0; ///< when it was added to the graph
  site where;

  // Reads.
  read_mode mode = read_mode::load;
  std::uint64_t expected = 0;
  std::memory_order order_if_expected = std::memory_order_seq_cst; ///< of a compare: it becomes an update
  std::memory_order order_if_other = std::memory_order_seq_cst;    ///< of a compare: it remains a load
  event_id from;                                                   ///< the write that is read
  bool exclusive = false;                                          ///< an update's write follows
  bool blocked = false;                                            ///< the thread waits for another value here

  // Writes.
  bool update = false;    ///< the second half of a read-modify-write
  bool beginning = false; ///< the object's construction

  vector_clock happened; ///< the events that happen before it, and itself
  vector_clock prefix;   ///< those that it depends on by program order and reads-from, and itself
  vector_clock handed;   ///< of a write: what an acquire that reads it gets to know
};

[[nodiscard]] constexpr bool acquires(std::memory_order order) noexcept {
  return order == std::memory_order_acquire || order == std::memory_order_acq_rel || order == std::memory_order_seq_cst;
}
[[nodiscard]] constexpr bool releases(std::memory_order order) noexcept {
  return order == std::memory_order_release || order == std::memory_order_acq_rel || order == std::memory_order_seq_cst;
}
[[nodiscard]] const char* name_of(std::memory_order order) noexcept;

} // namespace weir::model
