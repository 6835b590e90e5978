#pragma once
// arena: what the program under test allocates. Each of its threads has its own, and each execution begins with empty
// ones, so that an address depends on nothing but what its thread did, and an execution that is left leaks nothing.

#include <cstddef>

namespace weir::model {

class arenas {
 public:
  /// From here on `new` and `delete` of this process serve the thread; k_none: as usual.
  static void serve(std::size_t thread) noexcept;
  [[nodiscard]] static std::size_t serving() noexcept;
  static constexpr std::size_t k_none = static_cast<std::size_t>(-1);
  static void clear() noexcept;
};

/// Told when the program under test frees memory.
using freed_hook = void (*)(void* begin, std::size_t bytes);
void on_free(freed_hook hook) noexcept;

} // namespace weir::model
