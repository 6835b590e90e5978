// The async-generator loop as coroutines: a source that yields, a transform that awaits, a sink that awaits.
// In Node: async function* source() { … yield … }  and  for await (const x of readable) { … }.
#include <weir/weir.hpp>

#include <cstdio>
#include <string>

weir::generator<int> numbers(int n) {
  for (int i = 1; i <= n; ++i) { co_yield i; } // waits here while the queue is full
}

weir::task spell(weir::inlet<int> in, weir::outlet<std::string> out) {
  while (auto n = co_await in.pop()) {
    for (int i = 0; i < *n; ++i) { // one item in, many out: suspended in the middle when the queue is full
      if (!co_await out.push(std::string(static_cast<std::size_t>(i + 1), '*'))) { co_return; }
    }
  }
}

weir::task print(weir::inlet<std::string> in) {
  int lines = 0;
  std::size_t stars = 0;
  while (auto line = co_await in.pop()) {
    ++lines;
    stars += line->size();
  }
  std::printf("%d lines, %zu stars\n", lines, stars);
}

int main() {
  const weir::plan plan = weir::stage("numbers", [] { return numbers(100); }) | weir::edge(2) |
                          weir::stage("spell", spell) | weir::edge(2) | weir::stage("print", print);
  plan.run();
}
