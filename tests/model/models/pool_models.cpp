// The block pool: a block is with one party at a time, comes back whole, and whoever waits for one is woken.

#include "engine/holder_count.hpp"
#include "engine/return_stack.hpp"

#include <weir/block.hpp>
#include <weir/waker.hpp>

#include "tests/model/checker/plain.hpp"
#include "tests/model/models/models.hpp"

#include <cstdint>
#include <memory>
#include <utility>

namespace weir::model {

namespace {

constexpr std::size_t k_size = 8192; // the headroom and one page

void write_to(const block& b) { hooks::plain_touch(b.data(), true); }
void read_from(const block& b) { hooks::plain_touch(b.data(), false); }

block taken(block_pool& from) {
  block b = from.try_take();
  require(static_cast<bool>(b), "the pool has a block");
  write_to(b);
  return b;
}

struct pool_and_owner {
  explicit pool_and_owner(std::size_t blocks) : pool(std::make_unique<block_pool>(k_size, blocks * k_size)) {
    pool->owner(&owner);
  }
  // The owner's turn that ends for want of a block, and its next ones.
  block take_parking() {
    for (;;) {
      const std::uint32_t ticket = owner.ticket();
      if (block b = pool->try_take()) {
        write_to(b);
        return b;
      }
      if (!pool->arm()) { owner.wait(ticket); }
    }
  }

  std::unique_ptr<block_pool> pool;
  parker owner;
};

program comes_back() {
  return [](scene& s) {
    auto& w = s.make<pool_and_owner>(1);
    auto& in_hand = s.make<block>(taken(*w.pool));
    s.thread("owner", [&w] { (void)w.take_parking(); });
    s.thread("holder", [&in_hand] {
      read_from(in_hand);
      in_hand.reset();
    });
  };
}

program two_come_back() {
  return [](scene& s) {
    auto& w = s.make<pool_and_owner>(2);
    auto& one = s.make<block>(taken(*w.pool));
    auto& other = s.make<block>(taken(*w.pool));
    s.thread("owner", [&w] {
      const block first = w.pool->try_take();
      const block second = w.pool->try_take();
      if (first) { write_to(first); }
      if (second) { write_to(second); }
      require(!first || !second || first.data() != second.data(), "a block is in one place");
    });
    for (block* const b : {&one, &other}) {
      s.thread("holder", [b] {
        read_from(*b);
        b->reset();
      });
    }
  };
}

// Two handles of one block, behind a tee: it comes back once, after both.
program shared_block() {
  return [](scene& s) {
    auto& w = s.make<pool_and_owner>(1);
    auto& one = s.make<block>(taken(*w.pool));
    auto& other = s.make<block>(one.share());
    s.thread("owner", [&w] { (void)w.take_parking(); });
    for (block* const b : {&one, &other}) {
      s.thread("branch", [b] {
        read_from(*b);
        b->reset();
      });
    }
  };
}

// The pool goes while blocks are still in hand: the last of all frees what they share.
program outlives_its_pool() {
  return [](scene& s) {
    auto& w = s.make<pool_and_owner>(2);
    auto& in_hand = s.make<block>(taken(*w.pool));
    s.thread("owner", [&w] {
      w.pool->disarm();
      w.pool.reset();
    });
    s.thread("holder", [&in_hand] {
      read_from(in_hand);
      in_hand.reset();
    });
  };
}

// Storage that goes from run to run (storage.cpp): anybody gives, and whoever takes fetches all there is.
struct piece {
  piece* next = nullptr;
  plain<int> held_by;
};
struct pieces {
  weir::detail::return_stack<piece> stack;
  piece one;
  piece other;
};

program two_fetch() {
  return [](scene& s) {
    auto& w = s.make<pieces>();
    s.thread("giver", [&w] {
      for (piece* const p : {&w.one, &w.other}) {
        p->held_by.set(0);
        w.stack.push(p);
      }
    });
    for (const int taker : {1, 2}) {
      s.thread("taker", [&w, taker] {
        for (piece* p = w.stack.fetch(); p != nullptr; p = p->next) { p->held_by.set(taker); }
      });
    }
  };
}

// A place for one run's pieces: its taker cuts one, another gives it back, and whoever takes the place next has it alone.
program place_is_used_again() {
  return [](scene& s) {
    struct place {
      detail::holder_count<> count;
      plain<int> piece;
    };
    auto& one = s.make<place>();
    for (const char* name : {"starter", "next starter"}) {
      s.thread(name, [&one] {
        if (!one.count.try_take()) { return; }
        one.piece.set(1);
        one.count.closes(1);
        (void)one.piece.get();
        one.count.leaves();
      });
    }
  };
}

} // namespace

std::vector<named_model> pool_models() {
  return {
      {"pool.back", "who waits for a block is woken, and may write what its holder read", comes_back()},
      {"pool.two_back", "two blocks come back at once, each once", two_come_back()},
      {"pool.shared", "a shared block comes back after all its holders", shared_block()},
      {"pool.outlived", "the last of pool and blocks frees what they share", outlives_its_pool()},
      {"pool.place", "a place is taken when nobody holds a piece of it", place_is_used_again()},
      {"pool.two_fetch", "what is given back is one taker's, as its giver left it, also where two fetch", two_fetch()},
  };
}

} // namespace weir::model
