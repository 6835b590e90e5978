#include "tests/oracle/meaning.hpp"

#include <algorithm>
#include <unordered_map>

namespace weir::oracle {

std::vector<item> children(unsigned uid, const item& x) {
  std::vector<item> all;
  const std::uint64_t n = mixed(x.id, uid + 3000) % 4;
  for (std::uint64_t i = 0; i < n; ++i) { all.emplace_back(mixed(x.id, uid * 8 + i + 10'000), x.value + i); }
  return all;
}

std::vector<item> fused_children(unsigned uid, const item& x) {
  const item first = mapped(uid, x);
  std::vector<item> all;
  if (!kept(uid, first)) { return all; }
  for (const item& y : children(uid, first)) { all.push_back(mapped(uid + 500, y)); }
  return all;
}

unsigned retries(const element& s) {
  return s.what == form::retry ? s.a % 3 : s.what == form::dead_letter ? s.a % 2 : 0;
}

std::vector<item> made_of(const element& s, const item& x) {
  switch (s.what) {
  case form::map:
    return {mapped(s.uid, x)};
  case form::filter:
    return kept(s.uid, x) ? std::vector<item>{x} : std::vector<item>{};
  case form::fused:
    return fused_children(s.uid, x);
  case form::skip:
  case form::retry:
  case form::dead_letter:
    return s.b % 3 == 2 ? children(s.uid, x) : std::vector<item>{mapped(s.uid, x)};
  case form::window:
    return {x};
  default:
    return children(s.uid, x);
  }
}

std::size_t stream::size() const {
  std::size_t n = 0;
  for (const auto& lane : lanes) { n += lane.size(); }
  return n;
}

namespace {

using lane = std::vector<arrived>;

class interpreter {
 public:
  explicit interpreter(dead_ids& dead) : dead_(dead) {}

  stream chained(const chain& stages, stream in) {
    for (const element& s : stages) { in = pass(s, std::move(in)); }
    return in;
  }

  /// Items of both, in step.
  static stream zipped(const std::vector<stream>& parts, bool keep_first) {
    std::size_t n = parts.front().size();
    bool loose = false;
    for (const stream& p : parts) {
      n = std::min(n, p.size());
      loose = loose || p.loose;
    }
    stream out;
    if (!keep_first) {
      out.lanes.emplace_back();
      for (std::size_t i = 0; i < n; ++i) {
        item whole(parts.front().lanes.front()[i].id, parts.front().lanes.front()[i].value);
        for (std::size_t p = 1; p < parts.size(); ++p) {
          const arrived& x = parts[p].lanes.front()[i];
          whole = folded(whole, item(x.id, x.value));
        }
        out.lanes.front().push_back({whole.id, whole.value});
      }
      return out;
    }
    out.lanes = parts.front().lanes;
    out.loose = loose || n < out.size();
    if (!loose) { out.count = n; }
    return out;
  }

 private:
  stream pass(const element& s, stream in) {
    switch (s.what) {
    case form::take:
      return taken(s, std::move(in));
    case form::tee_merge:
    case form::tee_zip:
      return teed(s, in);
    case form::crowd:
    case form::balance:
    case form::partition:
      return spread(s, in);
    default:
      return each(s, in);
    }
  }

  // Each item for itself, in order.
  stream each(const element& s, const stream& in) {
    stream out{{}, in.loose, {}};
    if (s.what == form::map || s.what == form::window) { out.count = in.count; }
    for (const lane& from : in.lanes) {
      lane& to = out.lanes.emplace_back();
      for (const arrived& a : from) {
        const item x(a.id, a.value);
        if (given_up(s, x)) { continue; }
        for (const item& y : made_of(s, x)) { to.push_back({y.id, y.value}); }
      }
    }
    return out;
  }
  bool given_up(const element& s, const item& x) {
    const bool guarded = s.what == form::skip || s.what == form::retry || s.what == form::dead_letter ||
                         (s.what == form::farm && s.a % 4 == 3);
    if (!guarded || failures(s.uid, x) <= retries(s)) { return false; }
    if (s.what == form::dead_letter) { dead_[s.uid].push_back(x.id); }
    return true;
  }

  static stream taken(const element& s, stream in) {
    const std::size_t n = s.a;
    if (s.in_order) {
      lane& only = in.lanes.front();
      only.resize(std::min(only.size(), n));
      return in;
    }
    const std::optional<std::size_t> before = in.loose ? in.count : in.size();
    in.count.reset();
    if (before) { in.count = std::min(*before, n); }
    in.loose = true;
    return in;
  }

  stream teed(const element& s, const stream& in) {
    std::vector<stream> parts;
    for (std::size_t b = 0; b < s.branches.size(); ++b) {
      stream copy = in;
      for (lane& l : copy.lanes) {
        for (arrived& a : l) {
          const item x = tagged(s.uid, b, item(a.id, a.value));
          a = {x.id, x.value};
        }
      }
      parts.push_back(chained(s.branches[b].stages, std::move(copy)));
    }
    if (s.what == form::tee_zip) { return zipped(parts, s.keep_first); }
    return merged(std::move(parts));
  }

  // What a replica gets is for the schedule to say; that an item goes through one of them, or a key always through the same,
  // is not. So what ends early or pairs items inside of a replica makes the whole loose.
  stream spread(const element& s, const stream& in) {
    std::vector<lane> parts;
    for (const lane& from : in.lanes) {
      if (s.what == form::partition) {
        lane keys[k_keys];
        for (const arrived& a : from) { keys[a.value % k_keys].push_back(a); }
        for (lane& k : keys) { parts.push_back(std::move(k)); }
      } else {
        for (const arrived& a : from) { parts.push_back({a}); }
      }
    }
    stream out;
    const chain& body = s.branches.front().stages;
    for (lane& p : parts) {
      stream made = chained(body, stream{{std::move(p)}, in.loose, {}});
      for (lane& l : made.lanes) { out.lanes.push_back(std::move(l)); }
    }
    out.loose = in.loose || ends_early(body);
    return out;
  }

  dead_ids& dead_;

 public:
  static constexpr std::size_t k_keys = 5;
  static stream merged(std::vector<stream> parts) {
    stream all;
    std::size_t count = 0;
    bool known = true;
    for (stream& p : parts) {
      all.loose = all.loose || p.loose;
      known = known && (!p.loose || p.count);
      count += p.loose ? p.count.value_or(0) : p.size();
      for (lane& l : p.lanes) { all.lanes.push_back(std::move(l)); }
    }
    if (known && all.loose) { all.count = count; }
    return all;
  }
};

stream joined(const graph& g, std::vector<stream> parts) {
  if (parts.size() == 1) { return std::move(parts.front()); }
  if (g.join == joining::zip) { return interpreter::zipped(parts, g.keep_first); }
  const bool one_lane = g.join == joining::concat && !g.keep_first;
  stream all = interpreter::merged(std::move(parts));
  if (one_lane) {
    for (std::size_t i = 1; i < all.lanes.size(); ++i) {
      all.lanes.front().insert(all.lanes.front().end(), all.lanes[i].begin(), all.lanes[i].end());
    }
    all.lanes.resize(1);
  }
  return all;
}

} // namespace

stream through(const chain& stages, stream in, dead_ids& dead) {
  return interpreter(dead).chained(stages, std::move(in));
}

expectation expected(const graph& g, const std::vector<std::uint64_t>& made) {
  expectation want;
  interpreter run(want.dead);
  std::vector<stream> parts;
  for (std::size_t i = 0; i < g.sources.size(); ++i) {
    lane all;
    for (std::uint64_t k = 0; k < made[i]; ++k) {
      const item x = produced(g.sources[i].uid, k);
      all.push_back({x.id, x.value});
    }
    parts.push_back(run.chained(g.sources[i].stages, stream{{std::move(all)}, false, {}}));
  }
  want.at_end = run.chained(g.stages, joined(g, std::move(parts)));
  if (g.branches.empty()) { want.sinks.push_back(want.at_end); }
  if (g.end == ending::hub) { return want; }
  for (const branch& b : g.branches) { want.sinks.push_back(run.chained(b.stages, want.at_end)); }
  return want;
}

std::string difference(const stream& want, const std::vector<arrived>& got, bool partial) {
  struct place {
    std::size_t lane;
    std::size_t at;
    std::uint64_t value;
  };
  std::unordered_map<std::uint64_t, place> places;
  for (std::size_t l = 0; l < want.lanes.size(); ++l) {
    for (std::size_t i = 0; i < want.lanes[l].size(); ++i) {
      const arrived& a = want.lanes[l][i];
      if (!places.emplace(a.id, place{l, i, a.value}).second) { return "the oracle is wrong: two items of one id"; }
    }
  }
  std::vector<std::size_t> next(want.lanes.size(), 0);
  for (std::size_t i = 0; i < got.size(); ++i) {
    const auto found = places.find(got[i].id);
    const std::string which = "item " + std::to_string(i) + " of " + std::to_string(got.size());
    if (found == places.end()) { return which + " was made by nobody"; }
    if (found->second.value != got[i].value) { return which + " has changed its value"; }
    if (found->second.at != next[found->second.lane]++) {
      return which + " is number " + std::to_string(found->second.at) + " of its lane and came as number " +
             std::to_string(next[found->second.lane] - 1);
    }
  }
  if (partial) { return {}; }
  const std::size_t most = want.size();
  if (!want.loose && got.size() != most) {
    return std::to_string(got.size()) + " items instead of " + std::to_string(most);
  }
  if (want.loose && want.count && got.size() != *want.count) {
    return std::to_string(got.size()) + " items instead of " + std::to_string(*want.count) + " of " +
           std::to_string(most);
  }
  return {};
}

} // namespace weir::oracle
