// The README's program: a pipeline in ten lines.
#include <weir/weir.hpp>

#include <cstdio>

int main() {
  long sum = 0;
  const weir::plan plan = weir::iota(0L, 1'000'000L)                        // a source
                          | weir::map([](long x) { return x * 3 + 1; })     // fused into one stage with the filter
                          | weir::filter([](long x) { return x % 2 == 0; }) //
                          | weir::edge(1024)                                // a bounded queue: two stages, two cores
                          | weir::for_each([&](long x) { sum += x; });      // a sink
  const weir::report report = plan.run();
  std::printf("%s%zu stages, sum %ld\n", plan.explain({}, 2).c_str(), report.stages.size(), sum);
}
