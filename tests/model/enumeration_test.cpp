// Random programs, explored and enumerated. The enumeration shares nothing with the explorer: it takes every choice of
// reads-from and of modification orders, and keeps those that the axioms allow, written as relations.

#include "tests/model/checker/atomics.hpp"
#include "tests/model/checker/plain.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace weir::model {
namespace {

using result = std::vector<std::uint64_t>;

enum class deed { load, store, exchange };

struct operation {
  deed what;
  int object;
  int value;
  std::memory_order order;
};
using small_program = std::vector<std::vector<operation>>; // by thread

small_program random_program(std::mt19937_64& random) {
  using enum deed;
  const auto below = [&](std::uint64_t n) { return random() % n; };
  const std::memory_order loads[] = {std::memory_order_relaxed, std::memory_order_acquire, std::memory_order_seq_cst};
  const std::memory_order stores[] = {std::memory_order_relaxed, std::memory_order_release, std::memory_order_seq_cst};
  const std::memory_order updates[] = {std::memory_order_relaxed, std::memory_order_acq_rel, std::memory_order_seq_cst};
  small_program p(2 + below(2));
  int value = 0;
  for (auto& thread : p) {
    for (std::uint64_t n = p.size() == 2 ? 2 + below(2) : 1 + below(2); n > 0; --n) {
      const deed what = std::array{load, load, store, store, exchange}[below(5)];
      const std::memory_order* const orders = what == load ? loads : what == store ? stores : updates;
      thread.push_back({what, static_cast<int>(below(2)), ++value, orders[below(3)]});
    }
  }
  return p;
}

// ---- the enumeration ----------------------------------------------------------------------------------------------

// Relations over at most 16 events, a row of bits each.
class relation {
 public:
  explicit relation(std::size_t n) : rows_(n, 0) {}
  void add(std::size_t a, std::size_t b) { rows_[a] |= 1U << b; }
  [[nodiscard]] bool has(std::size_t a, std::size_t b) const { return (rows_[a] >> b & 1U) != 0; }
  void merge(const relation& other) {
    for (std::size_t i = 0; i < rows_.size(); ++i) { rows_[i] |= other.rows_[i]; }
  }
  void close() {
    for (std::size_t k = 0; k < rows_.size(); ++k) {
      for (std::uint32_t& row : rows_) {
        if ((row >> k & 1U) != 0) { row |= rows_[k]; }
      }
    }
  }
  [[nodiscard]] bool irreflexive() const {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (has(i, i)) { return false; }
    }
    return true;
  }

 private:
  std::vector<std::uint32_t> rows_;
};

struct node {
  int thread; // -1: an object's first value
  operation op;
  [[nodiscard]] bool reads() const { return thread >= 0 && op.what != deed::store; }
  [[nodiscard]] bool writes() const { return thread < 0 || op.what != deed::load; }
};

class enumeration {
 public:
  explicit enumeration(const small_program& p) {
    for (int object = 0; object < 2; ++object) {
      nodes_.push_back({-1, {deed::store, object, 0, std::memory_order_relaxed}});
    }
    for (std::size_t t = 0; t < p.size(); ++t) {
      for (const operation& op : p[t]) { nodes_.push_back({static_cast<int>(t), op}); }
    }
    from_.resize(nodes_.size(), 0);
    for (int object = 0; object < 2; ++object) {
      for (std::size_t i = 2; i < nodes_.size(); ++i) {
        if (nodes_[i].writes() && nodes_[i].op.object == object) {
          order_[static_cast<std::size_t>(object)].push_back(i);
        }
      }
    }
    choose_source(2);
  }
  std::uint64_t executions = 0;
  std::set<result> outcomes;

 private:
  void choose_source(std::size_t i) {
    if (i == nodes_.size()) { return choose_orders(); }
    if (!nodes_[i].reads()) { return choose_source(i + 1); }
    for (std::size_t w = 0; w < nodes_.size(); ++w) {
      if (w == i || !nodes_[w].writes() || nodes_[w].op.object != nodes_[i].op.object) { continue; }
      from_[i] = w;
      choose_source(i + 1);
    }
  }
  void choose_orders() {
    auto& [first, second] = order_;
    std::sort(first.begin(), first.end());
    do {
      std::sort(second.begin(), second.end());
      do { judge(); } while (std::next_permutation(second.begin(), second.end()));
    } while (std::next_permutation(first.begin(), first.end()));
  }

  [[nodiscard]] bool is(std::size_t i, std::memory_order a) const {
    const std::memory_order o = nodes_[i].op.order;
    return o == a || o == std::memory_order_seq_cst ||
           (o == std::memory_order_acq_rel && a != std::memory_order_seq_cst);
  }
  [[nodiscard]] bool sequential(std::size_t i) const {
    return nodes_[i].thread >= 0 && nodes_[i].op.order == std::memory_order_seq_cst;
  }

  void judge() {
    const std::size_t n = nodes_.size();
    relation sb(n);
    relation rf(n);
    relation mo(n);
    relation fr(n);
    for (std::size_t a = 0; a < n; ++a) {
      for (std::size_t b = 2; b < n; ++b) {
        const bool begins = nodes_[a].thread < 0;
        if (begins || (nodes_[a].thread == nodes_[b].thread && a < b)) { sb.add(a, b); }
      }
    }
    for (std::size_t object = 0; object < 2; ++object) {
      std::vector<std::size_t> writes{object};
      writes.insert(writes.end(), order_[object].begin(), order_[object].end());
      for (std::size_t i = 0; i < writes.size(); ++i) {
        for (std::size_t k = i + 1; k < writes.size(); ++k) { mo.add(writes[i], writes[k]); }
        const node& w = nodes_[writes[i]];
        if (w.reads() && (i == 0 || from_[writes[i]] != writes[i - 1])) { return; } // Atomicity.
      }
    }
    for (std::size_t r = 2; r < n; ++r) {
      if (!nodes_[r].reads()) { continue; }
      rf.add(from_[r], r);
      for (std::size_t w = 0; w < n; ++w) {
        if (w != r && mo.has(from_[r], w)) { fr.add(r, w); }
      }
    }
    relation causes = sb;
    causes.merge(rf);
    causes.close();
    if (!causes.irreflexive()) { return; } // No load buffering.
    relation hb = sb;
    for (std::size_t r = 2; r < n; ++r) {
      if (!nodes_[r].reads() || !is(r, std::memory_order_acquire)) { continue; }
      // The release whose sequence the read's source belongs to: back through updates.
      for (std::size_t w = from_[r];; w = from_[w]) {
        if (nodes_[w].thread >= 0 && is(w, std::memory_order_release)) { hb.add(w, r); }
        if (!nodes_[w].reads()) { break; }
      }
    }
    hb.close();
    relation eco = rf;
    eco.merge(mo);
    eco.merge(fr);
    eco.close();
    for (std::size_t a = 0; a < n; ++a) {
      if (hb.has(a, a)) { return; }
      for (std::size_t b = 0; b < n; ++b) {
        if (hb.has(a, b) && eco.has(b, a)) { return; } // Coherence.
      }
    }
    relation s(n);
    for (std::size_t a = 2; a < n; ++a) {
      for (std::size_t b = 2; b < n; ++b) {
        if (a == b || !sequential(a) || !sequential(b)) { continue; }
        bool through = false; // Strongly happens before: a sb x, x hb y, y sb b.
        for (std::size_t x = 2; x < n; ++x) {
          for (std::size_t y = 2; y < n; ++y) { through = through || (sb.has(a, x) && hb.has(x, y) && sb.has(y, b)); }
        }
        if (sb.has(a, b) || eco.has(a, b) || through) { s.add(a, b); }
      }
    }
    s.close();
    if (!s.irreflexive()) { return; }
    ++executions;
    result seen;
    for (std::size_t i = 2; i < n; ++i) {
      if (nodes_[i].reads()) { seen.push_back(static_cast<std::uint64_t>(nodes_[from_[i]].op.value)); }
    }
    for (std::size_t object = 0; object < 2; ++object) {
      const std::size_t last = order_[object].empty() ? object : order_[object].back();
      seen.push_back(static_cast<std::uint64_t>(nodes_[last].op.value));
    }
    outcomes.insert(seen);
  }

  std::vector<node> nodes_;
  std::vector<std::size_t> from_;
  std::array<std::vector<std::size_t>, 2> order_;
};

// ---- the explorer -------------------------------------------------------------------------------------------------

verdict explored(const small_program& p) {
  return explore([&p](scene& s) {
    struct board {
      atomics::atomic<int> objects[2]{{0}, {0}};
      plain<int> seen[12];
    };
    auto& b = s.make<board>();
    std::size_t reads = 0;
    for (const auto& thread : p) {
      s.thread("thread", [&b, &thread, at = reads]() mutable {
        for (const operation& op : thread) {
          auto& object = b.objects[op.object];
          if (op.what == deed::store) { object.store(op.value, op.order); }
          if (op.what == deed::load) { b.seen[at++].set(object.load(op.order)); }
          if (op.what == deed::exchange) { b.seen[at++].set(object.exchange(op.value, op.order)); }
        }
      });
      reads += static_cast<std::size_t>(
          std::count_if(thread.begin(), thread.end(), [](const operation& op) { return op.what != deed::store; }));
    }
    s.after([&b, reads] {
      for (std::size_t i = 0; i < reads; ++i) { note(static_cast<std::uint64_t>(b.seen[i].get())); }
      for (auto& object : b.objects) { note(static_cast<std::uint64_t>(object.load(std::memory_order_relaxed))); }
    });
  });
}

std::string text_of(const small_program& p) {
  std::string text;
  for (const auto& thread : p) {
    text += "thread\n";
    for (const operation& op : thread) {
      const char* const names[] = {"load", "store", "exchange"};
      text += std::string("  ") + names[static_cast<int>(op.what)] + " " + "xy"[op.object] + " " +
              std::to_string(op.value) + " " + name_of(op.order) + "\n";
    }
  }
  return text;
}

TEST(Explorer, FindsEachExecutionThatTheAxiomsAllowOnceAndNoOther) {
  std::mt19937_64 random(20261123);
  for (int i = 0; i < 1000; ++i) {
    const small_program p = random_program(random);
    const verdict v = explored(p);
    const enumeration all(p);
    ASSERT_TRUE(v.right()) << v.text() << text_of(p);
    ASSERT_EQ(v.outcomes, all.outcomes) << "program " << i << "\n" << text_of(p);
    ASSERT_EQ(v.executions, all.executions) << "program " << i << "\n" << text_of(p);
  }
}

} // namespace
} // namespace weir::model
