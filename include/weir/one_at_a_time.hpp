#pragma once
// one_at_a_time: notices two threads that use one end of an edge at once. In builds with NDEBUG it is empty.
//
// An end belongs to one thread at a time; passing it on needs an order between the two (a join, a mutex). Wrong use
// corrupts the ring without a sound, so debug builds throw at the second thread, before it has touched anything.
//
//   function  who     waits  errors
//   enter     anyone  no     std::logic_error: somebody is inside
//
// It orders nothing on purpose: ThreadSanitizer still sees the race that it reports.

#include <weir/atomics.hpp>

#include <stdexcept>
#include <string>

namespace weir {

template <class Atomics = std_atomics>
class checked_one_at_a_time {
 public:
  /// Somebody is inside as long as it lives.
  class visit {
   public:
    explicit visit(checked_one_at_a_time& where) noexcept : where_(&where) {}
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;
    ~visit() {
      where_->inside_.store(false, order::relaxed); // [relaxed: a check, it must order nothing]
    }

   private:
    checked_one_at_a_time* where_;
  };

  /// `what` is the end that the error names.
  [[nodiscard]] visit enter(const char* what) {
    if (inside_.exchange(true, order::relaxed)) { // [relaxed: a check, it must order nothing]
      throw std::logic_error(std::string("weir: two threads at once at ") + what);
    }
    return visit(*this);
  }

 private:
  // Written by whoever enters and leaves.
  typename Atomics::template atomic<bool> inside_{false};
};

/// What stands in for it where nothing is checked.
class unchecked_one_at_a_time {
 public:
  struct visit {
    ~visit() {} // Not trivial: a visit that is only held draws no warning.
  };
  [[nodiscard]] visit enter(const char*) const noexcept { return {}; }
};

#ifdef NDEBUG
using one_at_a_time = unchecked_one_at_a_time;
#else
using one_at_a_time = checked_one_at_a_time<>;
#endif

} // namespace weir
