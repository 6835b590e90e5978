#pragma once
// What the bare rivals share: two threads that take the blocks of a file in turn, written by hand, without an engine.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <thread>
#include <vector>

namespace bare {

/// Bytes that weir reads at once: a block without its headroom.
inline constexpr std::size_t k_block = std::size_t{252} * 1024;

[[noreturn]] inline void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

inline int open_or_die(const char* path, int flags) {
  const int number = ::open(path, flags, 0666);
  if (number < 0) { die(path); }
  return number;
}

/// Block `index` of the file; empty behind its end.
inline std::span<std::byte> read_block(int file, std::uint64_t index, std::span<std::byte> room) {
  std::size_t have = 0;
  while (have < room.size()) {
    const auto at = static_cast<off_t>(index * k_block + have);
    const ssize_t got = ::pread(file, room.data() + have, room.size() - have, at);
    if (got < 0) { die("read"); }
    if (got == 0) { break; }
    have += static_cast<std::size_t>(got);
  }
  return room.first(have);
}

/// Calls work(index, bytes) for every block of `file`, on two threads; each has a `Worker` of its own.
template <class Worker>
void each_block(int file, Worker* workers) {
  std::atomic<std::uint64_t> next{0};
  const auto loop = [&](Worker& work) {
    std::vector<std::byte> room(k_block);
    for (;;) {
      const std::uint64_t index = next.fetch_add(1, std::memory_order_relaxed);
      const auto bytes = read_block(file, index, room);
      if (bytes.empty()) { return; }
      work(index, bytes);
    }
  };
  std::thread other([&] { loop(workers[1]); });
  loop(workers[0]);
  other.join();
}

/// Writes blocks in their order: each thread waits for its turn.
class ordered_output {
 public:
  explicit ordered_output(const char* path) : file_(open_or_die(path, O_WRONLY | O_CREAT | O_TRUNC)) {}

  void write(std::uint64_t index, std::span<const std::byte> bytes) {
    for (std::uint64_t now = turn_.load(); now != index; now = turn_.load()) { turn_.wait(now); }
    while (!bytes.empty()) {
      const ssize_t done = ::write(file_, bytes.data(), bytes.size());
      if (done < 0) { die("write"); }
      bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
    turn_.store(index + 1);
    turn_.notify_all();
  }

 private:
  int file_;
  std::atomic<std::uint64_t> turn_{0};
};

} // namespace bare
