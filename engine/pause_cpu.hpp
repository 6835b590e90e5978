#pragma once
// pause_cpu: between two looks of who spins.

namespace weir::detail {

inline void pause_cpu() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

} // namespace weir::detail
