#pragma once
// plain_memory: who touched which plain object last, so that two touches without an order between them are noticed.

#include "tests/model/checker/vector_clock.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace weir::model {

enum class touch : std::uint8_t {
  read,   ///< also any operation of an atomic object
  write,  ///< also its construction
  destroy ///< the end of its life: every later touch is an error
};

class plain_memory {
 public:
  void clear() noexcept { cells_.clear(); }
  /// What is wrong with this touch, if anything is. `events`: how many the thread has done; `known`: what it knows.
  [[nodiscard]] std::optional<std::string> touched(const void* object, touch how, std::size_t thread,
                                                   std::size_t events, const vector_clock& known);
  /// Every object that begins in this memory is destroyed with it.
  [[nodiscard]] std::optional<std::string> freed(const void* begin, std::size_t bytes, std::size_t thread,
                                                 std::size_t events, const vector_clock& known);
  /// The memory of an object that has ended serves another one.
  void reborn(const void* object) {
    const auto found = cells_.find(object);
    if (found != cells_.end() && found->second.destroyed) { cells_.erase(found); }
  }

 private:
  struct cell {
    std::array<std::uint16_t, k_most_threads> read{};  // events of the thread at its last read, one more
    std::array<std::uint16_t, k_most_threads> wrote{}; // the same of its last write
    bool destroyed = false;
  };

  std::unordered_map<const void*, cell> cells_;
};

} // namespace weir::model
