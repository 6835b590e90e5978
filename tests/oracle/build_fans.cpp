// Splits, joins, sources and ends.

#include "tests/oracle/build.hpp"

#include <weir/hub.hpp>
#include <weir/parallel.hpp>

#include <tuple>
#include <utility>

namespace weir::oracle {

namespace {

/// A branch of a tee: its items are told apart from those of the other branches first.
auto tee_branch(world& w, const element& s, std::size_t index) {
  const branch& b = s.branches[index];
  link whole =
      items<item>() | map([uid = s.uid, index](const item& x) { return tagged(uid, index, x); }) | options_of(b.lead);
  if (!b.stages.empty()) { whole = whole | built(w, b.stages); }
  return options_of(b.lead) | std::move(whole);
}

auto fold(bool keep_first) {
  return map([keep_first](auto parts) {
    return std::apply(
        [keep_first](const item& first, const auto&... rest) {
          item whole = first;
          if (!keep_first) { ((whole = folded(whole, rest)), ...); }
          return whole;
        },
        std::move(parts));
  });
}

link tee_zip(world& w, const element& s) {
  if (s.branches.size() == 2) {
    return items<item>() | tee(tee_branch(w, s, 0), tee_branch(w, s, 1)) | zip() | options_of(s.out) |
           fold(s.keep_first) | options_of(s.out);
  }
  return items<item>() | tee(tee_branch(w, s, 0), tee_branch(w, s, 1), tee_branch(w, s, 2)) | zip() |
         options_of(s.out) | fold(s.keep_first) | options_of(s.out);
}

link tee_merge(world& w, const element& s) {
  if (s.branches.size() == 2) {
    return items<item>() | tee(tee_branch(w, s, 0), tee_branch(w, s, 1)) | merge() | options_of(s.out);
  }
  return items<item>() | tee(tee_branch(w, s, 0), tee_branch(w, s, 1), tee_branch(w, s, 2)) | merge() |
         options_of(s.out);
}

link spread(world& w, const element& s) {
  const branch& only = s.branches.front();
  const link body = built(w, only.stages);
  const std::size_t n = 1 + s.b % 3;
  switch (s.what) {
  case form::crowd:
    return items<item>() | parallel(n, options_of(only.lead) | body, unordered) | options_of(s.out);
  case form::balance: // the same stages behind queues of different lengths
    return items<item>() | balance(options_of(only.lead) | body, edge(1 + s.a % 5) | body) | merge() |
           options_of(s.out);
  default:
    return items<item>() |
           partition(
               n, [](const item& x) { return x.value % 5; }, options_of(only.lead) | body) |
           options_of(s.out);
  }
}

/// A source that stops in the middle when its output is full.
struct object_source {
  std::atomic<std::uint64_t>* made;
  unsigned uid;
  std::uint64_t n;
  std::uint64_t next = 0;
  step process(outlet<item>& out) {
    for (; next < n; ++next) {
      if (!out.try_push(produced(uid, next))) { return step::room; }
      made->fetch_add(1);
    }
    return step::done;
  }
};

pipe<void, item> leaf(world& w, const source& s, std::size_t index) {
  std::atomic<std::uint64_t>* const made = &w.made[index];
  const unsigned uid = s.uid;
  const std::uint64_t n = s.n;
  const std::string name = "own.source." + std::to_string(uid);
  switch (s.what) {
  case source_form::generate:
    return generate([made, uid, n, next = std::uint64_t{0}]() mutable -> std::optional<item> {
             if (next == n) { return std::nullopt; }
             made->fetch_add(1);
             return produced(uid, next++);
           }) |
           options_of(s.out);
  case source_form::object:
    return stage(name, object_source{made, uid, n}) | options_of(s.out);
  case source_form::coroutine:
    return stage(name,
                 [made, uid, n](outlet<item> out) -> task {
                   for (std::uint64_t k = 0; k < n; ++k) {
                     if (!co_await out.push(produced(uid, k))) { co_return; }
                     made->fetch_add(1);
                   }
                 }) |
           options_of(s.out);
  case source_form::generator:
    return stage(name,
                 [uid, n]() -> generator<item> {
                   for (std::uint64_t k = 0; k < n; ++k) { co_yield produced(uid, k); }
                 }) |
           options_of(s.out);
  default: {
    std::vector<item> all;
    for (std::uint64_t k = 0; k < n; ++k) { all.push_back(produced(uid, k)); }
    return from(std::move(all)) | options_of(s.out);
  }
  }
}

pipe<void, item> joined_sources(world& w) {
  const graph& g = w.what;
  std::vector<pipe<void, item>> all;
  for (std::size_t i = 0; i < g.sources.size(); ++i) { all.push_back(built(w, g.sources[i], i)); }
  if (all.size() == 1) { return all.front(); }
  if (g.join == joining::zip) {
    return zip(all[0], all[1]) | options_of(g.out) | fold(g.keep_first) | options_of(g.out);
  }
  return (g.join == joining::merge ? merge(all) : concat(all)) | options_of(g.out);
}

pipe<item, void> sink(world& w, ending how, std::size_t index) {
  std::vector<arrived>* const to = &w.got[index];
  struct object_sink {
    std::vector<arrived>* to;
    step process(inlet<item>& in) {
      for (const item& x : in.peek()) { to->push_back({x.id, x.value}); }
      in.release(in.peek().size());
      return step::more;
    }
  };
  switch (how) {
  case ending::object:
    return stage("own.sink", object_sink{to});
  case ending::coroutine:
    return stage("own.sink", [to](inlet<item> in) -> task {
      for (;;) {
        const std::optional<item> x = co_await in.pop();
        if (!x) { co_return; }
        to->push_back({x->id, x->value});
      }
    });
  default:
    return items<item>() | for_each([to](const item& x) { to->push_back({x.id, x.value}); });
  }
}

/// A branch of what the graph ends in.
pipe<item, void> end_branch(world& w, std::size_t index) {
  const branch& b = w.what.branches[index];
  std::vector<arrived>* const entered = &w.entered[index];
  return items<item>() | inspect([entered](const item& x) {
           entered->push_back({x.id, x.value});
         }) |
         options_of(b.lead) | built(w, b.stages) | sink(w, ending::function, index);
}

pipe<item, void> end(world& w) {
  const graph& g = w.what;
  if (g.branches.empty()) { return sink(w, g.end, 0); }
  std::vector<pipe<item, void>> all;
  for (std::size_t i = 0; i < g.branches.size(); ++i) { all.push_back(end_branch(w, i)); }
  if (g.end == ending::tee) { return tee(all); }
  w.hub_branches = std::move(all);
  w.fan.emplace();
  w.attached.resize(g.branches.size());
  for (std::size_t i = 0; i < g.branches.size(); ++i) {
    if (g.branches[i].attach == 0) { w.attached[i] = w.fan->attach(w.hub_branches[i]); }
  }
  return w.fan->sink();
}

} // namespace

link built(world& w, const chain& stages) {
  if (stages.empty()) {
    return items<item>() | inspect([](const item&) {}) | edge(1);
  }
  part_list all;
  for (const element& s : stages) {
    all.add((s.what < k_first_fan        ? built_single(w, s)
             : s.what == form::tee_zip   ? tee_zip(w, s)
             : s.what == form::tee_merge ? tee_merge(w, s)
                                         : spread(w, s))
                .parts());
  }
  return link(std::move(all));
}

pipe<void, item> built(world& w, const source& s, std::size_t index) {
  pipe<void, item> whole = leaf(w, s, index);
  return s.stages.empty() ? whole : whole | built(w, s.stages);
}

plan built(world& w) {
  return joined_sources(w) | inspect([&w](const item& x) { w.front(x); }) | options_of(w.what.out) |
         built(w, w.what.stages) | inspect([&w](const item& x) { w.back(x); }) | options_of(w.what.out) | end(w);
}

} // namespace weir::oracle
