#include <weir/weir.hpp>

const auto same = weir::map([](int x) { return x; });
const auto sink = weir::for_each([](int) {});

#ifdef WEIR_MUST_NOT_COMPILE
auto all = weir::iota(0, 10) | weir::tee(same, sink); // what becomes of the results of the first?
#else
auto all = weir::iota(0, 10) | weir::tee(same | sink, sink);
#endif
