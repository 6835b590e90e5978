#pragma once
// duo: two pinned threads, and what the machine did to them.
//
// A hypervisor moves the virtual cores of a machine: a cache line takes about 28 ns from one to the other at one time and
// 158 ns at another, without notice. So each sample is bracketed by a probe of that hop. Both probes below the limit: the
// sample is "near"; both above: "far"; they disagree, or a thread was preempted: it is dropped and taken again.

#include "bench/support/rounds.hpp"

#include <functional>

namespace bench {

inline constexpr double k_near_hop_ns = 80;

/// One way of a cache line between the two cores, ns; this thread and a helper, both pinned.
double hop_ns();

/// Runs both at the same time, pinned to two cores, between two probes. Tries a few times to get an undisturbed sample;
/// the last one has an empty bin where none was.
sample duo_sample(double units, const std::function<void()>& here, const std::function<void()>& there);

} // namespace bench
