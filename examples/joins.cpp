// merge, zip and concat of several sources.
#include <weir/weir.hpp>

#include <algorithm>
#include <cstdio>
#include <string>
#include <tuple>
#include <vector>

int main() {
  std::vector<int> merged; // as they come, fairly; ends after all of them
  (weir::merge(weir::iota(0, 500), weir::iota(500, 700), weir::iota(700, 1000)) | weir::into(merged)).run();
  std::sort(merged.begin(), merged.end());
  std::printf("merge: %zu items, %d to %d\n", merged.size(), merged.front(), merged.back());

  std::vector<int> joined; // one after the other
  (weir::concat(weir::iota(0, 3), weir::iota(10, 13)) | weir::into(joined)).run();
  std::printf("concat:");
  for (const int x : joined) { std::printf(" %d", x); }

  std::printf("\nzip:"); // one of each; ends with the shorter, and tells the other
  const auto endless = weir::generate([n = 0]() mutable { return std::optional<int>(n++); });
  (weir::zip(endless, weir::from(std::vector<std::string>{"a", "b", "c"})) |
   weir::for_each([](const std::tuple<int, std::string>& pair) {
     std::printf(" %d%s", std::get<0>(pair), std::get<1>(pair).c_str());
   })).run();
  std::printf("\n");
}
