#pragma once
// What every fuzz target uses. A target is one file that defines LLVMFuzzerTestOneInput(); scripts/fuzz links it with
// libFuzzer, the tests with replay.cpp.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace weir::fuzz {

/// The oracle disagrees: says how and ends the program, so that whoever drives the target keeps the input.
[[noreturn]] inline void found(const std::string& what) {
  std::fprintf(stderr, "\nfound: %s\n", what.c_str());
  std::abort();
}

inline void must(bool holds, const std::string& what) {
  if (!holds) { found(what); }
}

/// The input as decisions: every input is one, and past its end all decisions are 0.
class choices {
 public:
  choices(const std::uint8_t* data, std::size_t size) : left_(data, size) {}

  std::uint8_t byte() {
    if (left_.empty()) { return 0; }
    const std::uint8_t first = left_.front();
    left_ = left_.subspan(1);
    return first;
  }
  unsigned below(unsigned n) { return byte() % n; }
  unsigned wide() { return byte() * 256u + byte(); }
  bool one_in(unsigned n) { return below(n) == n - 1; }
  /// What is left, as it is.
  std::string_view rest() const { return {reinterpret_cast<const char*>(left_.data()), left_.size()}; }

 private:
  std::span<const std::uint8_t> left_;
};

} // namespace weir::fuzz
