#include <weir/weir.hpp>

weir::generator<int> source() { co_yield 1; }
weir::task pass(weir::inlet<int> in, weir::outlet<int> out) {
  while (auto x = co_await in.pop()) {
    if (!co_await out.push(*x)) { co_return; }
  }
}

#ifdef WEIR_MUST_NOT_COMPILE
auto all = weir::stage("pass", pass) | weir::stage("source", source);
#else
auto all = weir::stage("source", source) | weir::stage("pass", pass);
#endif
