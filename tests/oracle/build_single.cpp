// The stages that have no branches, each form written in its own way and all after meaning.hpp.

#include "tests/oracle/build.hpp"

#include <weir/on_error.hpp>
#include <weir/parallel.hpp>

#include <deque>
#include <optional>
#include <stdexcept>

namespace weir::oracle {

namespace {

/// Throws as often as failures() says, each time before anything was passed on.
class flaky {
 public:
  explicit flaky(unsigned uid) : uid_(uid) {}
  void operator()(const item& x) {
    if (x.id != last_) {
      last_ = x.id;
      tries_ = 0;
    }
    if (tries_ < failures(uid_, x)) {
      ++tries_;
      throw std::runtime_error("this item does not please");
    }
  }

 private:
  unsigned uid_;
  std::uint64_t last_ = 0;
  unsigned tries_ = 0;
};

/// Makes several items of one, stops in the middle when the output is full, keeps its input until all are made.
struct object_stage {
  element what;
  std::optional<flaky> fails;
  std::optional<std::vector<item>> pending{};
  std::size_t next = 0;

  step process(inlet<item>& in, outlet<item>& out) {
    if (!pending) {
      if (fails) { (*fails)(in.front()); }
      pending = made_of(what, in.front());
      next = 0;
    }
    for (; next < pending->size(); ++next) {
      if (!out.try_push((*pending)[next])) { return step::room; }
    }
    pending.reset();
    in.release(1);
    return step::more;
  }
};

struct window_stage {
  std::size_t width;
  std::deque<item> held{};

  [[nodiscard]] std::size_t lag() const noexcept { return width; }
  step process(inlet<item>& in, outlet<item>& out) {
    held.push_back(*in.try_pop());
    if (held.size() > width) { (void)let_out(out); }
    return step::more;
  }
  step finish(outlet<item>& out) {
    while (!held.empty()) {
      if (!let_out(out)) { return step::room; }
    }
    return step::done;
  }
  bool let_out(outlet<item>& out) {
    if (!out.try_push(std::move(held.front()))) { return false; }
    held.pop_front();
    return true;
  }
};

auto coroutine_stage(const element& s) {
  return [s](inlet<item> in, outlet<item> out) -> task {
    for (;;) {
      std::optional<item> x = co_await in.pop();
      if (!x) { co_return; }
      const std::vector<item> all = made_of(s, *x);
      for (const item& y : all) {
        if (!co_await out.push(y)) { co_return; }
      }
      if (s.a % 2 == 1 && !co_await out.drained()) { co_return; }
    }
  };
}

// Stages of which a report says nothing about what they do inside are called "own".
std::string own(const element& s) { return "own." + std::to_string(s.uid); }

template <class Row>
link as_link(Row row) {
  return items<item>() | std::move(row) | edge(1);
}

link guarded(const element& s) {
  if (s.b % 3 == 1) { return stage(own(s), object_stage{s, flaky(s.uid)}); }
  if (s.b % 3 == 2) {
    return as_link(flat_map([s, fails = flaky(s.uid)](const item& x) mutable {
      fails(x);
      return made_of(s, x);
    }));
  }
  return as_link(map([s, fails = flaky(s.uid)](const item& x) mutable {
    fails(x);
    return mapped(s.uid, x);
  }));
}

error_handling policy(world& w, const element& s) {
  const auto backoff = std::chrono::microseconds(s.b % 2 == 0 ? 0 : 100);
  if (s.what == form::retry) { return retry(retries(s), backoff).then(skip()); }
  if (s.what == form::dead_letter) {
    return retry(retries(s), backoff).then(dead_letter<item>(for_each([&w, uid = s.uid](const dead<item>& d) {
      w.dead_letter(uid, d.item.id);
    })));
  }
  return skip();
}

link farm(const element& s) {
  const std::size_t n = 1 + s.b % 3;
  switch (s.a % 4) {
  case 0:
    return parallel(n, as_link(flat_map([s](const item& x) { return made_of(s, x); })));
  case 1:
    return parallel(n, link(stage(own(s), object_stage{s, {}})));
  case 2:
    return parallel(n, stage(own(s), coroutine_stage(s)));
  default:
    return parallel(n, as_link(flat_map([s, fails = flaky(s.uid)](const item& x) mutable {
                         fails(x);
                         return made_of(s, x);
                       })) |
                           on_error(skip()));
  }
}

link form_of(world& w, const element& s) {
  switch (s.what) {
  case form::map:
    return as_link(map([&w, uid = s.uid](const item& x) {
      w.probe();
      return mapped(uid, x);
    }));
  case form::filter:
    return as_link(filter([uid = s.uid](const item& x) { return kept(uid, x); }));
  case form::flat_map:
    return as_link(flat_map([uid = s.uid](const item& x) { return children(uid, x); }));
  case form::fused:
    return as_link(map([uid = s.uid](const item& x) { return mapped(uid, x); }) |
                   filter([uid = s.uid](const item& x) { return kept(uid, x); }) |
                   flat_map([uid = s.uid](const item& x) { return children(uid, x); }) |
                   map([uid = s.uid](const item& x) { return mapped(uid + 500, x); }));
  case form::take:
    return as_link(take(s.a));
  case form::object:
    return stage(own(s), object_stage{s, {}});
  case form::coroutine:
    return stage(own(s), coroutine_stage(s));
  case form::window:
    return stage(own(s), window_stage{s.a % 8});
  case form::farm:
    return farm(s);
  default:
    return guarded(s) | on_error(policy(w, s));
  }
}

} // namespace

edge_options options_of(const queue& q) {
  if (!q.marks) { return edge(q.capacity); }
  return {.capacity = q.capacity, .high_water = std::max(1u, q.capacity - 1), .low_water = 0};
}

link built_single(world& w, const element& s) { return form_of(w, s) | options_of(s.out); }

} // namespace weir::oracle
