#include "tests/oracle/graph.hpp"

#include <algorithm>

namespace weir::oracle {

namespace {

constexpr const char* k_form_names[] = {"map",    "filter",    "flat_map", "fused",   "object",      "coroutine",
                                        "window", "take",      "skip",     "retry",   "dead_letter", "farm",
                                        "crowd",  "tee_merge", "tee_zip",  "balance", "partition"};
static_assert(std::size(k_form_names) == k_forms);

/// Walks a graph once, in the order in which it is written down.
class settler {
 public:
  /// Returns whether items leave in one order. `replicas`: the chain stands there several times, and what one of them gets
  /// depends on the schedule.
  bool settle(chain& stages, bool in_order, bool replicas, bool in_hub = false) {
    for (std::size_t i = 0; i < stages.size(); ++i) {
      if (used_ == k_most_stages) {
        stages.erase(stages.begin() + static_cast<std::ptrdiff_t>(i), stages.end());
        break;
      }
      in_order = settle(stages[i], in_order, replicas, in_hub);
    }
    return in_order;
  }
  unsigned uid() { return ++last_uid_; }

 private:
  bool settle(element& s, bool in_order, bool replicas, bool in_hub) {
    ++used_;
    s.uid = uid();
    s.in_order = in_order && !replicas;
    s.keep_first = true;
    if (replicas && s.what == form::dead_letter) { s.what = form::skip; } // refused by the library
    if (in_hub && s.what == form::tee_zip) { s.what = form::tee_merge; }  // a refused branch would fail the hub
    if (s.what < k_first_fan) {
      s.branches.clear();
      return in_order;
    }
    const std::size_t least = s.what == form::tee_merge || s.what == form::tee_zip ? 2 : 1;
    if (s.branches.size() < least) { s.branches.resize(least); }
    s.branches.resize(std::min<std::size_t>(s.branches.size(), least == 1 ? 1 : 3));
    const bool inner_replicas = replicas || least == 1;
    bool all_in_order = s.in_order;
    bool first_in_order = in_order;
    for (branch& b : s.branches) {
      const bool ordered = settle(b.stages, in_order, inner_replicas, in_hub);
      all_in_order = all_in_order && ordered;
      if (&b == s.branches.data()) { first_in_order = ordered; }
    }
    if (s.what != form::tee_zip) { return false; }
    s.keep_first = !all_in_order;
    return all_in_order && first_in_order;
  }

  std::size_t used_ = 0;
  unsigned last_uid_ = 0;
};

bool contains(const std::vector<branch>& branches, form what) {
  return std::any_of(branches.begin(), branches.end(), [&](const branch& b) { return contains(b.stages, what); });
}

std::string text_of(const queue& q) { return "edge(" + std::to_string(q.capacity) + (q.marks ? ", marks)" : ")"); }

std::string text_of(const chain& stages);

std::string text_of(const std::vector<branch>& branches) {
  std::string text;
  for (const branch& b : branches) {
    text += (text.empty() ? "" : ", ") + text_of(b.lead) + text_of(b.stages);
    if (b.attach > 0) { text += " from " + std::to_string(b.attach); }
    if (b.detach > 0) { text += " to " + std::to_string(b.detach); }
  }
  return "{" + text + "}";
}

std::string text_of(const chain& stages) {
  std::string text;
  for (const element& s : stages) {
    text += std::string(" | ") + to_string(s.what) + "#" + std::to_string(s.uid) + "(" + std::to_string(s.a) + ", " +
            std::to_string(s.b) + ")";
    if (!s.branches.empty()) { text += text_of(s.branches); }
    text += " | " + text_of(s.out);
  }
  return text;
}

} // namespace

const char* to_string(form what) noexcept { return k_form_names[static_cast<std::size_t>(what)]; }

graph settled(graph g) {
  settler walk;
  if (g.sources.empty()) { g.sources.emplace_back(); }
  g.sources.resize(std::min<std::size_t>(g.sources.size(), g.join == joining::zip ? 2 : 3));
  bool in_order = true;
  for (source& s : g.sources) {
    s.uid = walk.uid();
    // How far the others came cannot be counted, so nobody could say what has to arrive.
    if (g.action == act::finish && s.what > source_form::coroutine) { s.what = source_form::generate; }
    in_order = walk.settle(s.stages, true, false) && in_order;
  }
  g.keep_first = !in_order;
  if (g.sources.size() > 1 && g.join == joining::merge) { in_order = false; }
  in_order = walk.settle(g.stages, in_order, false);
  const bool fans = g.end == ending::tee || g.end == ending::hub;
  if (!fans) { g.branches.clear(); }
  if (fans && g.branches.empty()) { g.branches.emplace_back(); }
  g.branches.resize(std::min<std::size_t>(g.branches.size(), 3));
  for (branch& b : g.branches) { (void)walk.settle(b.stages, in_order, false, g.end == ending::hub); }
  if (g.end == ending::hub) { // One branch stays from the beginning to the end, or the hub would wait for one.
    g.branches.front().attach = g.branches.front().detach = 0;
    chain& lasting = g.branches.front().stages;
    if (ends_early(lasting)) { lasting.clear(); }
    for (branch& b : g.branches) {
      if (b.detach > 0 && b.detach <= b.attach) { b.detach = b.attach + 1; }
    }
  }
  if (g.end == ending::hub && g.action == act::pause) { g.action = act::none; } // its branches are runs of their own
  return g;
}

bool contains(const chain& stages, form what) {
  return std::any_of(stages.begin(), stages.end(),
                     [&](const element& s) { return s.what == what || contains(s.branches, what); });
}
bool contains(const graph& g, form what) {
  return contains(g.stages, what) || contains(g.branches, what) ||
         std::any_of(g.sources.begin(), g.sources.end(), [&](const source& s) { return contains(s.stages, what); });
}

bool ends_early(const chain& stages) { return contains(stages, form::take) || contains(stages, form::tee_zip); }
bool ends_early(const graph& g) {
  return contains(g, form::take) || contains(g, form::tee_zip) || (g.sources.size() > 1 && g.join == joining::zip);
}

std::string to_string(const graph& g) {
  constexpr const char* k_sources[] = {"generate", "object", "coroutine", "generator", "range"};
  constexpr const char* k_joins[] = {"concat", "merge", "zip"};
  constexpr const char* k_ends[] = {"function", "object", "coroutine", "tee", "hub"};
  constexpr const char* k_acts[] = {"nothing", "pause", "cancel", "stop token", "finish", "throw"};
  std::string text;
  for (const source& s : g.sources) {
    text += std::string(text.empty() ? "  " : ",\n  ") + k_sources[static_cast<std::size_t>(s.what)] + "(" +
            std::to_string(s.n) + ") | " + text_of(s.out) + text_of(s.stages);
  }
  if (g.sources.size() > 1) { text += std::string("\n  ") + k_joins[static_cast<std::size_t>(g.join)]; }
  text += " | " + text_of(g.out) + text_of(g.stages) + "\n  | " + k_ends[static_cast<std::size_t>(g.end)] +
          (g.branches.empty() ? "" : text_of(g.branches)) + "\n  " + k_acts[static_cast<std::size_t>(g.action)];
  if (g.action != act::none) {
    text += " at item " + std::to_string(g.at) + (g.late ? " at the end" : " at the front");
  }
  return text + ", seed " + std::to_string(g.seed) + ", threads " + std::to_string(g.threads);
}

} // namespace weir::oracle
