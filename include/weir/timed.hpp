#pragma once
// Stages that know the time: batch, throttle, tick. They wait on the engine's timers, no thread sleeps for them; on the
// deterministic backend time is virtual and passes when nothing else can happen.

#include <weir/branches.hpp>
#include <weir/clock.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace weir {

namespace detail {

template <class T>
class batch_node final : public node {
 public:
  batch_node(std::string name, edge_base* in, edge_base* out, std::size_t most, clock::duration linger)
      : node(std::move(name)), in_(static_cast<typed_edge<T>&>(*in)),
        out_(static_cast<typed_edge<std::vector<T>>&>(*out)), most_(most), linger_(linger) {
    add_input(*in);
    add_output(*out);
  }

 protected:
  step body(const turn_budget& budget) override {
    for (;;) {
      if (out_.closed()) { return step::done; }
      if (due()) {
        if (!out_.has_room()) {
          wait_on(out_, edge_event::room);
          return step::room;
        }
        (void)out_.try_push(std::exchange(batch_, {}));
      } else if (const std::span<T> items = in_.peek(); !items.empty()) {
        take(items);
      } else if (!in_.ended()) {
        return wait_for_more();
      } else if (batch_.empty()) {
        return step::done;
      } else {
        last_ = true;
      }
      if (budget.spent()) { return step::more; }
    }
  }

  void release() override { batch_ = {}; }

 private:
  [[nodiscard]] bool due() {
    if (batch_.empty()) { return false; }
    return last_ || batch_.size() == most_ || (linger_ > clock::duration{} && context().now() >= since_ + linger_);
  }
  void take(std::span<T> items) {
    if (batch_.empty()) {
      since_ = context().now();
      batch_.reserve(most_);
    }
    const std::size_t n = std::min(items.size(), most_ - batch_.size());
    for (T& item : items.first(n)) { batch_.push_back(std::move(item)); }
    in_.release(n);
  }
  step wait_for_more() {
    if (!batch_.empty() && linger_ > clock::duration{}) { context().wake_by(since_ + linger_); }
    wait_on(in_, edge_event::items);
    return step::input;
  }

  typed_edge<T>& in_;
  typed_edge<std::vector<T>>& out_;
  std::size_t most_;
  clock::duration linger_;
  std::vector<T> batch_;
  clock::time_point since_{}; // when the batch's first item was taken
  bool last_ = false;         // no more items will come
};

template <class T>
class batch_part final : public typed_part<std::vector<T>> {
 public:
  batch_part(std::size_t most, clock::duration linger)
      : typed_part<std::vector<T>>("batch"), most_(most), linger_(linger) {}
  void build(graph_builder& builder, edge_base* in, edge_base* out) const override {
    builder.add_node<batch_node<T>>(this->name(), in, out, most_, linger_);
  }

 private:
  std::size_t most_;
  clock::duration linger_;
};

template <class T>
class throttle_stage {
 public:
  throttle_stage(double rate, std::size_t burst)
      : interval_(std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(1 / rate))),
        burst_(static_cast<std::int64_t>(burst)) {}
  void start(stage_context& context) { context_ = &context; }
  [[nodiscard]] std::size_t lag() const noexcept { return 0; }

  step process(inlet<T>& in, outlet<T>& out) {
    const clock::time_point now = context_->now();
    if (now < next_) {
      context_->wake_at(next_);
      return step::time;
    }
    next_ = std::max(next_, now - interval_ * (burst_ - 1)); // time that passed unused is worth a burst, no more
    while (next_ <= now && !in.empty() && out.try_push(std::move(in.front()))) {
      in.release(1);
      next_ += interval_;
    }
    return step::more;
  }

 private:
  stage_context* context_ = nullptr;
  clock::duration interval_;
  std::int64_t burst_;
  clock::time_point next_{};
};

class tick_stage {
 public:
  explicit tick_stage(clock::duration interval) : interval_(interval) {}
  void start(stage_context& context) { context_ = &context; }

  step process(outlet<std::uint64_t>& out) {
    const clock::time_point now = context_->now();
    if (!begun_) {
      begun_ = true;
      begin_ = now;
    }
    if (now < begin_ + interval_ * next_) {
      context_->wake_at(begin_ + interval_ * next_);
      return step::time;
    }
    const std::int64_t passed = (now - begin_) / interval_;
    if (!out.try_push(static_cast<std::uint64_t>(passed))) { return step::room; }
    next_ = passed + 1;
    return step::more;
  }

 private:
  stage_context* context_ = nullptr;
  clock::duration interval_;
  clock::time_point begin_{};
  bool begun_ = false;
  std::int64_t next_ = 0;
};

} // namespace detail

/// Vectors of up to `most` items: full ones, and, when `linger` is given, what there is that long after the first of them came.
/// What is left at the end is the last one. Throws std::invalid_argument when `most` is 0.
[[nodiscard]] inline auto batch(std::size_t most, clock::duration linger = {}) {
  if (most == 0) { throw std::invalid_argument("weir::batch: a batch needs at least one item"); }
  return detail::make_piece([=](auto left) {
    using T = typename decltype(left)::out_type;
    return std::move(left) | pipe<T, std::vector<T>>(std::make_shared<detail::batch_part<T>>(most, linger));
  });
}

/// At most `per_second` items a second, in even steps; after a pause up to `burst` at once. Throws std::invalid_argument when
/// either is not positive.
[[nodiscard]] inline auto throttle(double per_second, std::size_t burst = 1) {
  if (!(per_second > 0) || burst == 0) { throw std::invalid_argument("weir::throttle: the rate must be positive"); }
  return detail::make_piece([=](auto left) {
    using T = typename decltype(left)::out_type;
    return std::move(left) | stage("throttle", detail::throttle_stage<T>(per_second, burst));
  });
}

/// A source: 0, 1, 2, … one each `interval`, the first at once. A number says when it was due; when the pipeline is late,
/// numbers are left out, never bunched up. Ends with finish(), or with take(n) behind it. Throws std::invalid_argument when the
/// interval is not positive.
[[nodiscard]] inline auto tick(clock::duration interval) {
  if (interval <= clock::duration{}) { throw std::invalid_argument("weir::tick: the interval must be positive"); }
  return stage("tick", detail::tick_stage(interval));
}

} // namespace weir
