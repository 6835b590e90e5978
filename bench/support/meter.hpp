#pragma once
// meter: what a piece of work cost beside time, for the whole process.
//
// `allocations` are calls of malloc and its kin, by whatever thread (meter.cpp stands in their place); memory that oneTBB
// takes from its own tbbmalloc is not seen. `sleeps` are voluntary context switches: each is one thread that went to
// sleep and had to be woken. `wakes` are the threads that a futex call woke on request: those of oneTBB and of C++'s atomics,
// which go through syscall() (meter.cpp stands in its place too); glibc's own condition variables do not, `sleeps` has
// them. `preempted` are involuntary ones: the machine's other work. `instructions` are those in user
// space, empty where the machine has no counter for them, as in most virtual ones.

#include <cstdint>
#include <functional>
#include <optional>

namespace bench {

struct cost {
  double seconds = 0;
  double cpu_seconds = 0;
  std::uint64_t allocations = 0;
  std::uint64_t sleeps = 0;
  std::uint64_t wakes = 0;
  std::uint64_t preempted = 0;
  std::uint64_t peak_rss_kib = 0;
  std::optional<std::uint64_t> instructions;
};

/// Does the work and says what it cost.
cost metered(const std::function<void()>& work);

/// Opens the instruction counter; threads made before are not counted, so main() calls it first.
void open_instruction_counter();

/// Bytes of the heap in use by what this thread's arena has given out; for differences.
std::uint64_t heap_bytes();

/// How often the calling thread was preempted so far.
std::uint64_t preemptions_of_this_thread();

} // namespace bench
