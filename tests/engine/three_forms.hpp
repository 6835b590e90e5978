#pragma once
// three_forms: a chain with a stage of each form, and a sink that notices what comes out of order.

#include "tests/support/stages.hpp"

#include <weir/weir.hpp>

#include <atomic>
#include <utility>

namespace weir::test {

/// Counts, and notices what comes out of order.
struct in_order {
  std::atomic<long> count{0};
  std::atomic<bool> good{true};
  auto sink() {
    return for_each([this](const tracked& x) {
      if (x.value() != count.load()) { good = false; }
      count.fetch_add(1);
    });
  }
};

inline plan three_forms(left_side auto source, in_order& to) {
  return std::move(source) | edge(5) | stage("spans", span_pass{}) | edge(3) | stage("task", task_pass) | edge(4) |
         to.sink();
}

} // namespace weir::test
