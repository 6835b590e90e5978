#include <weir/weir.hpp>

const auto same = weir::map([](int x) { return x; });
const auto sink = weir::for_each([](const auto&) {});

#ifdef WEIR_MUST_NOT_COMPILE
auto all = weir::iota(0, 10) | weir::balance(same, same) | weir::zip() | sink; // a pair needs one item of each
#else
auto all = weir::iota(0, 10) | weir::tee(same, same) | weir::zip() | sink;
#endif
