#include "stages/synthetic/record_spoiler.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <string_view>

namespace weir::stages {
namespace {

constexpr std::string_view k_number = "\"status\":";
constexpr std::size_t k_in_first_string = 8; // of {"ts":"2024-…

} // namespace

record_spoiler::record_spoiler(double share, std::uint64_t seed) : state_(~seed) {
  if (!(share >= 0 && share <= 1))
    throw std::invalid_argument("generate: a share of " + std::to_string(share) +
                                " bad records is not between 0 and 1");
  below_ = static_cast<std::uint64_t>(std::ldexp(share, 53));
}

// splitmix64, as record_generator has it, from another state.
std::uint64_t record_spoiler::draw() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

char* record_spoiler::pass(char* record, char* end) {
  if (below_ == 0 || draw() >> 11 >= below_) return end;
  return spoil(record, end, draw());
}

char* record_spoiler::spoil(char* record, char* end, std::uint64_t how) {
  const auto size = static_cast<std::size_t>(end - record);
  const std::string_view text(record, size);
  switch (how % 6) {
  case 0: { // half a line: not so much as its closing brace
    const std::size_t kept = 1 + (how >> 8) % (size - 3);
    record[kept] = '\n';
    return record + kept + 1;
  }
  case 1:
    record[k_in_first_string] = '\x01';
    return end;
  case 2:
    record[k_in_first_string] = '\xFF';
    return end;
  case 3:
    end[-1] = '}';
    *end = '\n';
    return end + 1;
  case 4: {
    char* digit = record + text.find(k_number) + k_number.size();
    for (; *digit >= '0' && *digit <= '9'; ++digit) *digit = ' ';
    return end;
  }
  default: // the quote before the closing brace
    end[-3] = 'x';
    return end;
  }
}

} // namespace weir::stages
