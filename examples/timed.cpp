// batch, throttle and tick; on the deterministic backend their time is virtual: this program takes no time at all.
#include <weir/weir.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <vector>

int main() {
  using namespace std::chrono_literals;
  // Ten items a second, in batches of up to 100, but none that waits longer than 350 ms.
  (weir::iota(0, 10) | weir::throttle(10) | weir::batch(100, 350ms) | weir::for_each([](const std::vector<int>& batch) {
     std::printf("batch of %zu, first %d\n", batch.size(), batch.front());
   })).run(weir::deterministic{1});

  // Something each hour, for four hours.
  (weir::tick(1h) | weir::take(4) | weir::for_each([](std::uint64_t hour) {
     std::printf("hour %d\n", static_cast<int>(hour));
   })).run(weir::deterministic{1});
}
