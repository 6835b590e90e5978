#include <weir/spsc_ring.hpp>

struct careful {
  careful() = default;
  careful(careful&&) noexcept {}
};
struct careless {
  careless() = default;
  careless(careless&&) {} // may throw: a ring could lose it half-way
};

#ifdef WEIR_MUST_NOT_COMPILE
weir::spsc_ring<careless> ring(4);
#else
weir::spsc_ring<careful> ring(4);
#endif
