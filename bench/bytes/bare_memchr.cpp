// bare_memchr FILE: prints how many newlines the file has, by a memchr loop on two threads.

#include "bench/bytes/bare.hpp"

#include <cstring>

namespace {

struct newline_counter {
  std::uint64_t lines = 0;

  void operator()(std::uint64_t, std::span<const std::byte> bytes) {
    const std::byte* at = bytes.data();
    const std::byte* const end = at + bytes.size();
    std::uint64_t found = 0;
    while ((at = static_cast<const std::byte*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)))) != nullptr) {
      ++found;
      ++at;
    }
    lines += found;
  }
};

} // namespace

int main(int count, char** words) {
  if (count != 2) { return 2; }
  newline_counter counters[2];
  bare::each_block(bare::open_or_die(words[1], O_RDONLY), counters);
  std::printf("%llu\n", static_cast<unsigned long long>(counters[0].lines + counters[1].lines));
}
