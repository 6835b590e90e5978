// cork and uncork: what is pushed under a cork is seen by the pipeline at once, when the last cork goes.
#include <weir/weir.hpp>

#include <cstdio>

int main() {
  weir::feed<int> feed(16);
  const auto look = [&](const char* when) { std::printf("%s: %zu in the queue\n", when, feed.writable_length()); };
  {
    weir::cork outer(feed);
    {
      weir::cork inner(feed);
      for (int i = 1; i <= 3; ++i) { (void)feed.try_push(i * 1); }
      look("corked twice");
    }
    look("corked once");
  }
  look("uncorked");
  {
    weir::cork full(feed);
    for (int i = 4; i <= 16; ++i) { (void)feed.try_push(i * 1); }
    look("a full queue publishes by itself");
  }
  int sum = 0;
  weir::run run = (feed.source() | weir::for_each([&](int x) { sum += x; })).start();
  feed.finish();
  run.wait();
  std::printf("sum %d\n", sum);
}
