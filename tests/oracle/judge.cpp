#include "tests/oracle/judge.hpp"

#include "tests/oracle/build.hpp"
#include "tests/oracle/meaning.hpp"
#include "tests/oracle/world.hpp"
#include "tests/support/stages.hpp"
#include "tests/support/watchdog.hpp"

#include "engine/build_graph.hpp"
#include "engine/seeded.hpp"

#include <algorithm>
#include <stdexcept>

namespace weir::oracle {

namespace {

enum class ended : std::uint8_t { well, cancelled, failed, stalled };

struct result {
  ended how = ended::well;
  std::string error;
  report account;
};

[[noreturn]] void wrong(const std::string& what) { throw std::runtime_error(what); }

result waited(run& r) {
  try {
    return {ended::well, {}, r.wait()};
  } catch (const cancelled_error& error) {
    return {ended::cancelled, error.what(), r.snapshot()};
  } catch (const stall_error& error) {
    return {ended::stalled, error.what(), r.snapshot()};
  } catch (const run_error& error) {
    try {
      std::rethrow_exception(error.cause());
    } catch (const thrown_by_graph&) {} // Anything else is no doing of the graph.
    return {ended::failed, error.what(), r.snapshot()};
  }
}

/// Goes on with a paused run when nothing else is left to do: a timer of the virtual clock.
class resumer final : public waker {
 public:
  explicit resumer(world& w) : w_(w) {}
  void wake() noexcept override { w_.handle->resume(); }

 private:
  world& w_;
};

result run_seeded(world& w, const plan& p, const run_options& options, std::uint64_t seed) {
  detail::seeded_scheduler scheduler(seed);
  const auto later = std::make_shared<resumer>(w);
  w.pause = [&] {
    w.handle->pause();
    scheduler.wake_at(scheduler.now() + std::chrono::milliseconds(1), *later, later);
  };
  w.started(run(detail::start_on(scheduler, p.parts(), options, {}, {})));
  scheduler.drain();
  const result r = waited(*w.handle);
  return r;
}

engine& engine_of(unsigned threads) {
  static engine one(1);
  static engine two(2);
  static engine four(4);
  return threads == 1 ? one : threads == 2 ? two : four;
}

result run_on_threads(world& w, const plan& p, const run_options& options, unsigned threads) {
  w.pause = [&w] {
    w.handle->pause();
    w.paused.store(true);
  };
  w.started(p.start(options, engine_of(threads)));
  if (w.what.action == act::pause) {
    test::until([&] { return w.paused.load() || w.handle->over(); });
    if (!w.handle->over()) { test::let_others_run(); }
    w.handle->resume();
  }
  return waited(*w.handle);
}

// ---- what must hold ------------------------------------------------------------------------------------------------

void check_end(const world& w, const result& r, bool may_stall) {
  const bool fired = w.acted.load();
  switch (r.how) {
  case ended::well:
    if (fired && w.what.action == act::fail) { wrong("a stage threw, and the run says nothing"); }
    return;
  case ended::cancelled:
    if (!fired || (w.what.action != act::cancel && w.what.action != act::stop_token)) {
      wrong("nobody cancelled the run");
    }
    return;
  case ended::failed:
    if (!fired || w.what.action != act::fail) { wrong("no stage should have failed: " + r.error); }
    return;
  case ended::stalled:
    if (!may_stall) { wrong(r.error); }
    return;
  }
}

void check_account(const world& w, const result& r) {
  const report& all = r.account;
  if (all.memory_peak_bytes > all.memory_bound_bytes) { wrong("more memory than the bound"); }
  // What is closed early drops what it had taken.
  const bool whole = r.how == ended::well && !ends_early(w.what);
  for (const stage_report& s : all.stages) {
    if (s.name.starts_with("own.") || s.name.starts_with("zip") || s.name.starts_with("hub")) { continue; }
    const std::uint64_t in = s.items_in + s.items_made + s.items_added;
    const std::uint64_t out =
        s.items_out + s.items_consumed + s.items_filtered + s.items_skipped + s.items_dead_lettered;
    if (whole && in != out) {
      wrong("'" + s.name + "' took or made " + std::to_string(in) + " and gave or left out " + std::to_string(out));
    }
    if (r.how == ended::well && s.items_dropped > 0 && whole) {
      wrong("'" + s.name + "' dropped items of a whole run");
    }
  }
  for (const edge_report& e : all.edges) {
    if (e.items > e.capacity) { wrong(e.name + " holds more than it can"); }
  }
}

void check_dead(const world& w, const expectation& want, bool partial) {
  for (const auto& [uid, ids] : w.dead) {
    const auto found = want.dead.find(uid);
    for (const std::uint64_t id : ids) {
      if (found == want.dead.end() || std::count(found->second.begin(), found->second.end(), id) != 1) {
        wrong("a dead letter of stage " + std::to_string(uid) + " that is none");
      }
    }
  }
  if (partial) { return; }
  for (const auto& [uid, ids] : want.dead) {
    const auto found = w.dead.find(uid);
    const std::size_t got = found == w.dead.end() ? 0 : found->second.size();
    if (got != ids.size()) {
      wrong("stage " + std::to_string(uid) + " put " + std::to_string(got) + " items aside instead of " +
            std::to_string(ids.size()));
    }
  }
}

// What a branch of a hub got is a piece of what passed, without a gap, and the branch made of it what it should.
void check_hub(world& w, std::size_t b, bool partial, dead_ids& dead) {
  const branch& what = w.what.branches[b];
  const std::string name = "branch " + std::to_string(b) + " of the hub ";
  if (!w.attached[b]) {
    if (!w.entered[b].empty()) { wrong(name + "was never attached and got items"); }
    return;
  }
  const std::vector<arrived>& in = w.entered[b];
  if (!in.empty()) {
    const auto first = std::find(w.order.begin(), w.order.end(), in.front());
    const auto begin = static_cast<std::size_t>(first - w.order.begin());
    if (w.order.size() - begin < in.size() || !std::equal(in.begin(), in.end(), first)) { wrong(name + "has a gap"); }
    if (begin > what.attach) {
      wrong(name + "was attached at item " + std::to_string(what.attach) + " and missed items up to " +
            std::to_string(begin));
    }
    if (what.detach > 0 && begin + in.size() > what.detach) {
      wrong(name + "was detached at item " + std::to_string(what.detach) + " and got items up to " +
            std::to_string(begin + in.size()));
    }
    if (!partial && what.detach == 0 && !ends_early(what.stages) && begin + in.size() != w.order.size()) {
      wrong(name + "missed the end");
    }
  } else if (!partial && what.detach == 0 && !ends_early(what.stages) && what.attach < w.order.size()) {
    wrong(name + "got nothing");
  }
  if (const std::string bad = difference(through(what.stages, stream{{in}, false, {}}, dead), w.got[b], partial);
      !bad.empty()) {
    wrong(name + ": " + bad);
  }
}

void check_results(world& w, const result& r) {
  const bool finished = w.acted.load() && w.what.action == act::finish;
  std::vector<std::uint64_t> made;
  for (std::size_t i = 0; i < w.what.sources.size(); ++i) {
    made.push_back(finished ? w.made[i].load() : w.what.sources[i].n);
  }
  expectation want = expected(w.what, made);
  const bool partial = r.how != ended::well;
  // A stage behind which somebody ends early may be stopped before it has seen all items.
  const bool maybe_less = partial || ends_early(w.what);
  if (const std::string bad = difference(want.at_end, w.order, maybe_less); !bad.empty()) {
    wrong("at the end: " + bad);
  }
  for (std::size_t i = 0; i < want.sinks.size(); ++i) {
    if (const std::string bad = difference(want.sinks[i], w.got[i], partial); !bad.empty()) {
      wrong("sink " + std::to_string(i) + ": " + bad);
    }
  }
  if (w.what.end == ending::hub) {
    for (std::size_t b = 0; b < w.what.branches.size(); ++b) { check_hub(w, b, partial, want.dead); }
  }
  check_dead(w, want, maybe_less);
}

void wait_for_branches(world& w, const result& r) {
  for (auto& b : w.attached) {
    if (!b) { continue; }
    try {
      (void)b->wait();
    } catch (const cancelled_error&) {
      if (r.how == ended::well) { throw; }
    }
  }
}

/// Whether check() accepts the graph's joins.
bool joins_accepted(const graph& g) {
  world w(g);
  try {
    (void)built(w).check({}, 2);
    return true;
  } catch (const plan_error& error) {
    const std::string text = error.what();
    if (text.find("wait for ever") == std::string::npos) { throw; }
    return false;
  }
}

template <class Run>
void judge(const graph& g, tally& seen, bool accepted, Run run_it) {
  const long before = item::living;
  {
    world w(g);
    result r;
    {
      const plan p = built(w);
      run_options options;
      options.stop = w.stop.get_token();
      options.check_joins = accepted;
      r = run_it(w, p, options);
    }
    wait_for_branches(w, r);
    // What a cancelled branch of a hub had queued goes with the last handle.
    if (g.end != ending::hub && item::living != before) {
      wrong(std::to_string(item::living - before) + " items live on");
    }
    check_end(w, r, !accepted);
    if (const std::string bad = w.overfull(); !bad.empty()) { wrong(bad); }
    check_account(w, r);
    check_results(w, r);
    ++seen.runs;
    if (!accepted && r.how == ended::stalled) { ++seen.refused_stalled; }
    if (w.acted) { ++seen.acted[std::to_string(static_cast<int>(g.action))]; }
  }
  test::until([&] { return item::living == before; }); // A worker may still be about to let go of a run that is over.
}

} // namespace

void tally::count(const graph& g) {
  ++graphs;
  for (std::size_t f = 0; f < k_forms; ++f) {
    if (contains(g, static_cast<form>(f))) { ++with[to_string(static_cast<form>(f))]; }
  }
  constexpr const char* k_ends[] = {"end function", "end object", "end coroutine", "end tee", "end hub"};
  constexpr const char* k_acts[] = {"no action", "pause", "cancel", "stop token", "finish", "throw"};
  constexpr const char* k_joins[] = {"sources concat", "sources merge", "sources zip"};
  ++with[k_ends[static_cast<std::size_t>(g.end)]];
  ++with[k_acts[static_cast<std::size_t>(g.action)]];
  if (g.sources.size() > 1) { ++with[k_joins[static_cast<std::size_t>(g.join)]]; }
}

std::string tally::text() const {
  std::string all = std::to_string(graphs) + " graphs, " + std::to_string(runs) + " runs; " + std::to_string(refused) +
                    " refused, of their runs " + std::to_string(refused_stalled) + " stalled\n";
  for (const auto& [name, n] : with) {
    all += "  " + name + " " + std::to_string(100 * n / std::max<std::size_t>(1, graphs)) + " %\n";
  }
  return all;
}

void judge_seeded(const graph& g, tally& seen) {
  const test::watchdog dog(
      "a graph on the deterministic backend", [&] { return to_string(g) + "\n"; }, std::chrono::seconds(60));
  const bool accepted = joins_accepted(g);
  seen.count(g);
  if (!accepted) { ++seen.refused; }
  for (std::uint64_t again = 0; again < 2; ++again) {
    judge(g, seen, accepted, [&](world& w, const plan& p, const run_options& options) {
      return run_seeded(w, p, options, g.seed + again * 1'000'000);
    });
  }
}

void judge_on_threads(const graph& g, tally& seen) {
  const test::watchdog dog("a graph on " + std::to_string(g.threads) + " threads", [&] { return to_string(g) + "\n"; });
  const bool accepted = joins_accepted(g);
  seen.count(g);
  if (!accepted) { ++seen.refused; }
  judge(g, seen, accepted,
        [&](world& w, const plan& p, const run_options& options) { return run_on_threads(w, p, options, g.threads); });
}

} // namespace weir::oracle
