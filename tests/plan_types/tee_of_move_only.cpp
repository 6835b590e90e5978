#include <weir/weir.hpp>

#include <memory>

#ifdef WEIR_MUST_NOT_COMPILE
using item = std::unique_ptr<int>;
#else
using item = std::shared_ptr<int>;
#endif
const auto sink = weir::for_each([](const item&) {});
auto all = weir::generate([] { return std::optional<item>(); }) | weir::tee(sink, sink);
