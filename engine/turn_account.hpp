#pragma once
// turn_account: what a stage has done with its time: working, waiting, and for what. Only reports and the balance read it.
//
//   function        who                       progress
//   opens           before the first turn     wait-free
//   begins, ends    whoever owns the stage    wait-free
//   the counters    any thread, may be late   wait-free

#include <weir/atomics.hpp>
#include <weir/stage.hpp>

#include <algorithm>
#include <cstdint>

namespace weir::detail {

struct turn_account {
  // Ticks; each written by whoever owns the stage at that moment.
  counter busy;
  counter blocked;
  counter starved;
  counter waiting;
  counter queued;
  counter longest; // turn
  counter since;   // when the present state began

  void opens(std::uint64_t now) noexcept { since.set(now); }

  /// A turn begins at `now`: until then the stage has waited for `what`. The worker's last look at its clock may be a little
  /// older than the last owner's.
  void begins(std::uint64_t now, reason what) noexcept {
    if constexpr (k_keeps_account) {
      of(what).add(now - std::min(now, since.get()));
      since.set(now);
    }
  }

  /// It took until `now`, of which the stage has `worked`; the rest it spent inside a call that blocked.
  void ends(std::uint64_t now, std::uint64_t took, std::uint64_t worked) noexcept {
    if constexpr (k_keeps_account) {
      busy.add(worked);
      if (took != worked) { waiting.add(took - worked); }
      since.set(now);
      if (worked > longest.get()) { longest.set(worked); }
    }
  }

 private:
  counter& of(reason what) noexcept {
    switch (what) {
    case reason::room:
    case reason::memory:
      return blocked;
    case reason::input:
      return starved;
    case reason::ready:
    case reason::blocking:
      return queued;
    default:
      return waiting;
    }
  }
};

} // namespace weir::detail
