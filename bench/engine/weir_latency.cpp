#include "bench/engine/latency.hpp"

#include <weir/feed.hpp>
#include <weir/weir.hpp>

#include <optional>

namespace bench::engine {

namespace {

// One item when it is due; between two it waits on a timer of the engine.
class paced_source {
 public:
  explicit paced_source(pace how) : how_(how) {}
  void start(weir::stage_context& context) { context_ = &context; }

  weir::step process(weir::outlet<stamped>& out) {
    if (made_ == how_.items) { return weir::step::done; }
    const auto now = latency_clock::now();
    if (!due_) { due_ = now + how_.apart; }
    if (now < *due_) {
      context_->wake_at(*due_);
      return weir::step::time;
    }
    if (!out.try_push(stamped{*due_, now})) { return weir::step::room; }
    *due_ += how_.apart;
    ++made_;
    return weir::step::more;
  }

 private:
  pace how_;
  weir::stage_context* context_ = nullptr;
  std::size_t made_ = 0;
  std::optional<latency_clock::time_point> due_;
};

weir::plan four_stages(weir::pipe<void, stamped> source, arrivals& into) {
  source = source | weir::edge(64);
  for (int s = 0; s < 4; ++s) { source = source | weir::map(light) | weir::edge(64); }
  return source | weir::for_each([&into](const stamped& s) { into.note(s); });
}

} // namespace

latencies weir_in_pool(pace how) {
  arrivals into(how.items);
  four_stages(weir::stage("paced", paced_source(how)), into).run();
  return into.all(how.items);
}

latencies weir_outside(pace how) {
  arrivals into(how.items);
  weir::feed<stamped> in(64);
  weir::run run = four_stages(in.source(), into).start();
  push_paced(how, [&](const stamped& s) { in.push(s); });
  in.finish();
  run.wait();
  return into.all(how.items);
}

} // namespace bench::engine
