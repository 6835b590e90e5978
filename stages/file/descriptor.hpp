#pragma once

#include <utility>

namespace weir::stages {

/// An open file descriptor, closed at the end unless it is borrowed (standard input and output are).
class descriptor {
 public:
  descriptor() = default;
  explicit descriptor(int number, bool borrowed = false) : number_(number), borrowed_(borrowed) {}
  descriptor(descriptor&& other) noexcept
      : number_(std::exchange(other.number_, -1)), borrowed_(std::exchange(other.borrowed_, false)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    std::swap(borrowed_, other.borrowed_);
    return *this;
  }
  ~descriptor() { close(); }

  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  bool borrowed() const { return borrowed_; }

  /// Closes now; returns the errno value of a failure, which may be that of an earlier write, or 0.
  int close();

 private:
  int number_ = -1;
  bool borrowed_ = false;
};

/// Waits until `number` can be read (or written); false when `stop` became readable first. `stop` may be -1.
/// End of file and errors count as readable and writable: the next call reports them.
bool wait_readable(int number, int stop);
bool wait_writable(int number, int stop);
/// Whether a read would not wait now.
bool readable_now(int number);

} // namespace weir::stages
