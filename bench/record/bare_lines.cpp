#include "bench/record/bare_lines.hpp"

#include <simdjson.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace bench {

std::uint64_t bare_lines(std::string_view text, std::string_view first, std::string_view second) {
  static simdjson::ondemand::parser parser;
  std::uint64_t sum = 0;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at != end;) {
    const auto* feed = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    const auto size = static_cast<std::size_t>(feed - at);
    simdjson::ondemand::document record;
    std::int64_t a = 0;
    std::int64_t b = 0;
    const simdjson::padded_string_view line(at, size, size + simdjson::SIMDJSON_PADDING);
    if (parser.iterate(line).get(record) != simdjson::SUCCESS || record[first].get(a) != simdjson::SUCCESS ||
        record[second].get(b) != simdjson::SUCCESS) {
      std::fputs("a line is not as expected\n", stderr);
      std::exit(1);
    }
    sum += static_cast<std::uint64_t>(a + b);
    at = feed + 1;
  }
  return sum;
}

} // namespace bench
