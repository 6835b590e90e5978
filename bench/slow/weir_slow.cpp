#include "bench/slow/workload.hpp"

#include <weir/weir.hpp>

#include <optional>
#include <utility>

namespace bench::slow {

namespace {

auto made_by(maker& from) {
  return weir::generate([&from]() -> std::optional<item> {
           item next = from.next();
           return next ? std::optional<item>(std::move(next)) : std::nullopt;
         }) |
         weir::edge(k_held);
}

// What blocks says so, and is called on a thread of its own.
class blocking_sink {
 public:
  explicit blocking_sink(taker& to) : to_(&to) {}
  void start(weir::stage_context& context) { context_ = &context; }
  weir::step process(weir::inlet<item>& in) {
    if (!context_->may_block()) { return weir::step::blocking; }
    for (item& x : in.peek()) {
      to_->take_slowly(*x);
      x.reset();
      in.release(1);
    }
    return weir::step::more;
  }

 private:
  taker* to_;
  weir::stage_context* context_ = nullptr;
};

} // namespace

void weir_blocking(lasting t) {
  maker from(t);
  taker to;
  (made_by(from) | weir::stage("slow", blocking_sink(to))).run();
}

void weir_throttled(lasting t) {
  maker from(t);
  taker to;
  (made_by(from) | weir::throttle(1000) | weir::for_each([&to](const item& x) { to.take(*x); })).run();
}

} // namespace bench::slow
