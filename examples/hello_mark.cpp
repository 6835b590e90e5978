// 'Hello' into a 4-byte mark: the item is taken, pressure is reported, and the drain comes when the mark is low again.
// In Node: write('Hello') with highWaterMark 4 returns false, writableLength is 5, 'drain' follows.
#include <weir/weir.hpp>

#include <atomic>
#include <cstdio>
#include <string>

int main() {
  weir::feed<std::string> feed(weir::edge_options{.capacity = 16, .high_water = 4, .low_water = 0, .in_bytes = true});
  std::atomic<bool> drained{false};
  feed.on_drain([&] {
    drained = true;
    drained.notify_one();
  });
  std::string got;
  const weir::plan plan = feed.source() | weir::for_each([&](const std::string& text) { got += text; });

  // Before the start nobody consumes, so the level can be looked at.
  const weir::outcome answer = feed.offer("Hello");
  std::printf("pressure %d, length %zu of %zu, need_drain %d\n", answer == weir::outcome::taken_full,
              feed.writable_length(), feed.high_water_mark(), feed.need_drain());

  weir::run run = plan.start();
  drained.wait(false);
  std::printf("drained, length %zu, need_drain %d\n", feed.writable_length(), feed.need_drain());
  feed.finish();
  run.wait();
  std::printf("got %s\n", got.c_str());
}
