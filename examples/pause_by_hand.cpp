// Node's loop by hand: copy with 64 KB chunks into a 16 KB mark, pausing at each `false` and resuming at each drain.
// On a queue that refuses, Node's loop loses items unless both answers are told apart: offer() tells them apart.
#include <weir/weir.hpp>

#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <string>

int main() {
  constexpr std::size_t k_chunk = 64 * 1024;
  constexpr int k_chunks = 200;
  weir::feed<std::string> feed(
      weir::edge_options{.capacity = 64, .high_water = 16 * 1024, .low_water = 0, .in_bytes = true});

  std::mutex mutex;
  std::condition_variable resume;
  bool paused = false;
  feed.on_drain([&] {
    const std::lock_guard lock(mutex);
    paused = false;
    resume.notify_one();
  });

  std::size_t written = 0;
  weir::run run =
      (feed.source() | weir::for_each([&](const std::string& chunk) { written += chunk.size(); })).start_paused();

  int pauses = 0;
  for (int i = 0; i < k_chunks; ++i) {
    {
      const std::lock_guard lock(mutex);
      paused = true; // until the answer says otherwise
    }
    std::string chunk(k_chunk, static_cast<char>('a' + i % 26));
    if (feed.offer(std::move(chunk)) != weir::outcome::taken_full) { continue; }
    if (++pauses == 1) { run.resume(); } // from here on both sides race
    std::unique_lock lock(mutex);
    resume.wait(lock, [&] { return !paused; });
  }
  feed.finish();
  run.wait();
  std::printf("%zu bytes written; paused %s\n", written,
              pauses > 0 && pauses <= k_chunks ? "at most once a chunk" : "never, or too often");
}
