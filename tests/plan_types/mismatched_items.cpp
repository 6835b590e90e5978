#include <weir/weir.hpp>

#include <string>

weir::task numbers(weir::inlet<int> in) {
  while (co_await in.pop()) {}
}
weir::task texts(weir::inlet<std::string> in) {
  while (co_await in.pop()) {}
}

#ifdef WEIR_MUST_NOT_COMPILE
auto sink = weir::stage("texts", texts);
#else
auto sink = weir::stage("numbers", numbers);
#endif
weir::plan plan = weir::iota(0, 10) | sink;
