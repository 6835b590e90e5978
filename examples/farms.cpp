// Several replicas of one stage: in order, in any order, by key.
#include <weir/weir.hpp>

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>
#include <vector>

int main() {
  const auto square = weir::map([](long x) { return x * x; });

  std::vector<long> in_order; // results in the order of the inputs
  (weir::iota(0L, 1000L) | weir::parallel(3, square) | weir::into(in_order)).run();
  std::printf("parallel: in order %d\n", std::is_sorted(in_order.begin(), in_order.end()));

  long sum = 0; // as they come: no item waits for another
  (weir::iota(0L, 1000L) | weir::parallel(3, square, weir::unordered) | weir::for_each([&](long x) {
     sum += x;
   })).run();
  std::printf("unordered: sum %ld\n", sum);

  // Each item to the branch with the least to do; branches may differ.
  long counts[2] = {0, 0};
  (weir::iota(0L, 1000L) | weir::balance(weir::for_each([&](long) { ++counts[0]; }), //
                                         square | weir::for_each([&](long) { ++counts[1]; })))
      .run();
  std::printf("balance: %ld items in all\n", counts[0] + counts[1]);

  // Items of one key meet at one replica, in order: a count for each key needs no lock.
  struct counter {
    weir::step process(weir::inlet<long>& in, weir::outlet<std::pair<long, int>>& out) {
      const long key = in.front() % 5;
      if (!out.try_push(std::pair(key, of[key] + 1))) { return weir::step::room; }
      ++of[key];
      in.release(1);
      return weir::step::more;
    }
    std::map<long, int> of;
  };
  std::map<long, int> last;
  (weir::iota(0L, 1000L) |
   weir::partition(
       3, [](long x) { return x % 5; }, weir::stage("count", counter{})) |
   weir::for_each([&](const std::pair<long, int>& c) {
     last[c.first] = c.second;
   })).run();
  for (const auto& [key, n] : last) { std::printf("key %ld: %d\n", key, n); }
}
