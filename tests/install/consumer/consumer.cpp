// A stranger's program: sees nothing of weir but what is installed, and runs a pipeline with it.
#include <weir/version.hpp>
#include <weir/weir.hpp>

#include <cstdio>

int main() {
  long sum = 0;
  const weir::plan plan = weir::iota(0L, 1000L) | weir::map([](long x) { return 2 * x; }) | weir::edge(16) |
                          weir::for_each([&sum](long x) { sum += x; });
  plan.run();
  std::printf("weir %s, sum %ld\n", WEIR_VERSION_TEXT, sum);
}
