// bare_where FILE: simdjson called by hand on two threads, a line at a time: prints how many lines of the file have status >= 500
// and bytes > 30000.

#include <simdjson.h>

#include <cstring>
#include <memory>

#include "bench/bytes/bare.hpp"

namespace {

constexpr std::size_t k_longest_line = 16 * 1024;

class line_tests {
 public:
  /// `begin` of a line up to its LF; behind it stand at least SIMDJSON_PADDING bytes.
  void test(const char* begin, const char* end) {
    const simdjson::padded_string_view line(begin, static_cast<std::size_t>(end - begin),
                                            static_cast<std::size_t>(end - begin) + simdjson::SIMDJSON_PADDING);
    simdjson::ondemand::document record;
    if (parser_.iterate(line).get(record) != simdjson::SUCCESS) { bare::die("iterate"); }
    std::int64_t status = 0;
    std::int64_t bytes = 0;
    if (record["status"].get(status) != simdjson::SUCCESS) { bare::die("status"); }
    if (record["bytes"].get(bytes) != simdjson::SUCCESS) { bare::die("bytes"); }
    found_ += status >= 500 && bytes > 30000 ? 1 : 0;
  }
  [[nodiscard]] std::uint64_t found() const { return found_; }

 private:
  simdjson::ondemand::parser parser_;
  std::uint64_t found_ = 0;
};

/// The lines that begin in block `index`; false behind the file's end.
bool test_block(int file, std::uint64_t index, std::vector<char>& room, line_tests& tests) {
  const std::uint64_t first = index * bare::k_block;
  const std::uint64_t from = first == 0 ? 0 : first - 1; // the byte in front tells whether a line begins
  std::size_t have = 0;
  const std::size_t most = bare::k_block + k_longest_line;
  while (have < most) {
    const ssize_t got = ::pread(file, room.data() + have, most - have, static_cast<off_t>(from + have));
    if (got < 0) { bare::die("read"); }
    if (got == 0) { break; }
    have += static_cast<std::size_t>(got);
  }
  if (from + have <= first) { return false; }
  const char* const end = room.data() + have;
  const char* const stop = room.data() + (first - from) + bare::k_block;
  const char* at = room.data();
  if (first != 0) { at = static_cast<const char*>(std::memchr(at, '\n', have)) + 1; }
  while (at < stop && at < end) {
    const auto* lf = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    tests.test(at, lf == nullptr ? end : lf);
    at = (lf == nullptr ? end : lf) + 1;
  }
  return true;
}

} // namespace

int main(int count, char** words) {
  if (count != 2) { return 2; }
  const int file = bare::open_or_die(words[1], O_RDONLY);
  std::atomic<std::uint64_t> next{0};
  line_tests tests[2];
  const auto loop = [&](line_tests& mine) {
    std::vector<char> room(bare::k_block + k_longest_line + simdjson::SIMDJSON_PADDING);
    while (test_block(file, next.fetch_add(1, std::memory_order_relaxed), room, mine)) {}
  };
  std::thread other([&] { loop(tests[1]); });
  loop(tests[0]);
  other.join();
  std::printf("%llu\n", static_cast<unsigned long long>(tests[0].found() + tests[1].found()));
}
