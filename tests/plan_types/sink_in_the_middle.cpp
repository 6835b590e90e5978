#include <weir/weir.hpp>

weir::task sink(weir::inlet<int> in) {
  while (co_await in.pop()) {}
}
weir::task pass(weir::inlet<int> in, weir::outlet<int> out) {
  while (auto x = co_await in.pop()) {
    if (!co_await out.push(*x)) { co_return; }
  }
}

#ifdef WEIR_MUST_NOT_COMPILE
auto all = weir::stage("sink", sink) | weir::stage("pass", pass);
#else
auto all = weir::stage("pass", pass) | weir::stage("sink", sink);
#endif
