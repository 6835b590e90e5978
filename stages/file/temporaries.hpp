#pragma once

#include "stages/file/temporary_list.hpp"

#include <array>
#include <climits>
#include <string>
#include <utility>

namespace weir::stages {

/// A temporary file under a name of its own, known to unlink_temporaries() as long as this object holds it.
/// Any thread may make one; one thread at a time may use it.
class named_temporary {
 public:
  named_temporary() = default;
  /// Registers `path`, which the caller is about to create. Throws std::bad_alloc, std::length_error.
  explicit named_temporary(const std::string& path);
  named_temporary(named_temporary&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}
  named_temporary& operator=(named_temporary&& other) noexcept {
    std::swap(entry_, other.entry_);
    return *this;
  }
  /// Unlinks the file if it is still held.
  ~named_temporary() { unlink(); }

  explicit operator bool() const { return entry_ != nullptr; }
  const char* path() const;

  /// Forgets the name without touching the file: it is not ours, or no longer has this name.
  void forget();
  /// Removes the file and forgets the name.
  void unlink();

 private:
  using path_text = std::array<char, PATH_MAX>;
  using list = temporary_list<path_text>;
  friend void unlink_temporaries() noexcept;
  static list all_;

  list::entry* entry_ = nullptr;
};

/// Removes every registered temporary file. Async-signal-safe: for a handler that ends the process at once.
void unlink_temporaries() noexcept;

} // namespace weir::stages
