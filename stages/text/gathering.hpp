#pragma once
// gathering: moves stretches of a buffer to its front, in their order.

#include <cstddef>
#include <cstring>

namespace weir::stages {

/// Neighbours move together. Behind where a stretch was kept nothing is written before the next keep().
class gathering {
 public:
  explicit gathering(char* front) : out_(front), begin_(front), end_(front) {}

  /// [begin, end) is at or behind what was kept before.
  void keep(const char* begin, const char* end) {
    if (begin != end_) {
      move();
      begin_ = begin;
    }
    end_ = end;
  }
  /// Where the next stretch will stand.
  [[nodiscard]] const char* next() const noexcept { return out_ + (end_ - begin_); }
  /// The end of what was kept.
  char* finish() {
    move();
    return out_;
  }

 private:
  void move() {
    const auto size = static_cast<std::size_t>(end_ - begin_);
    if (out_ != begin_) std::memmove(out_, begin_, size);
    out_ += size;
    begin_ = end_;
  }

  char* out_;
  const char* begin_; ///< the stretch not yet moved
  const char* end_;
};

} // namespace weir::stages
