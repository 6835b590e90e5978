#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace weir::stages {

/// A piece of text rendered once and copied many times. It lies in a buffer of a fixed size, so that copying
/// it is a few wide moves whose length the compiler knows.
template <std::size_t Room>
class fragment {
 public:
  static constexpr std::size_t k_room = Room;

  fragment() = default;
  /// Cuts `text` at Room bytes.
  explicit fragment(std::string_view text) : size_(text.size() < Room ? text.size() : Room) {
    std::memcpy(text_.data(), text.data(), size_);
  }
  /// Writes Room bytes at `out`, of which the first `size()` mean something; returns the end of those.
  char* copy_to(char* out) const {
    std::memcpy(out, text_.data(), Room);
    return out + size_;
  }
  std::size_t size() const { return size_; }

 private:
  std::array<char, Room> text_{};
  std::size_t size_ = 0;
};

/// The vocabulary of the synthetic access logs. Built once a process, then only read: any thread may use it.
struct record_vocabulary {
  std::array<fragment<16>, 1024> addresses;
  std::array<fragment<8>, 16> methods;
  std::array<fragment<64>, 64> paths; ///< those with an odd index end in '/' and want a number
  std::array<fragment<4>, 64> statuses;
  std::array<fragment<64>, 16> referers;
  std::array<fragment<128>, 16> agents;

  static const record_vocabulary& instance();

 private:
  record_vocabulary();
};

/// Writes `value` in decimal without leading zeros; returns the end.
char* put_number(char* out, std::uint32_t value);
/// Writes the lowest `digits` decimal digits of `value`, with leading zeros; returns the end.
char* put_digits(char* out, std::uint32_t value, int digits);
/// Writes `value` as 16 hexadecimal digits; returns the end.
char* put_hex(char* out, std::uint64_t value);
/// Writes text of a length known at compile time; returns the end.
template <std::size_t N>
char* put_text(char* out, const char (&text)[N]) {
  std::memcpy(out, text, N - 1);
  return out + (N - 1);
}

} // namespace weir::stages
