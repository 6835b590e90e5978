// The small pieces: parker, share count, hand-over slot, the waiter's place, a gate taken by either side.

#include <weir/gate.hpp>
#include <weir/share_count.hpp>
#include <weir/waker.hpp>

#include "engine/hand_over_slot.hpp"
#include "tests/model/checker/plain.hpp"
#include "tests/model/models/models.hpp"

#include <cstdint>
#include <optional>

namespace weir::model {

namespace {

// Who sees the news after it took a ticket need not wait; who does not is woken.
program parked() {
  return [](scene& s) {
    auto& p = s.make<parker>();
    auto& news = s.make<hint<bool>>();
    auto& gift = s.make<plain<int>>(0);
    s.thread("waiter", [&] {
      for (;;) {
        const std::uint32_t ticket = p.ticket();
        if (news.get()) { return; }
        p.wait(ticket);
        require(gift.get() == 1, "the woken sees what its waker did before");
      }
    });
    s.thread("waker", [&] {
      gift.set(1);
      news.set(true);
      p.wake();
    });
  };
}

// A ticket that is taken after the wake has seen it: then so is what it tells of.
program parked_late() {
  return [](scene& s) {
    auto& p = s.make<parker>();
    auto& gift = s.make<plain<int>>(0);
    s.thread("waiter", [&] {
      if (p.ticket() == 1) { require(gift.get() == 1, "a ticket taken after a wake sees what the waker did"); }
    });
    s.thread("waker", [&] {
      gift.set(1);
      p.wake();
    });
  };
}

struct shared_thing {
  detail::share_count<> shares{2};
  plain<int> bytes{0};
};

// Two holders read and drop; the last one frees.
program last_one_frees() {
  return [](scene& s) {
    auto* const thing = new shared_thing;
    for (const char* name : {"one", "other"}) {
      s.thread(name, [thing] {
        (void)thing->bytes.get();
        if (thing->shares.drop()) { delete thing; }
      });
    }
  };
}

// Who finds itself alone may write what the other has read.
program alone_may_write() {
  return [](scene& s) {
    auto& thing = s.make<shared_thing>();
    s.thread("writer", [&] {
      if (thing.shares.alone()) { thing.bytes.set(1); }
    });
    s.thread("reader", [&] {
      (void)thing.bytes.get();
      require(!thing.shares.drop(), "the writer still holds its share");
    });
  };
}

// A holder may make another share while the other drops its own.
program share_of_a_share() {
  return [](scene& s) {
    auto* const thing = new shared_thing;
    s.thread("giver", [thing] {
      thing->shares.add();
      for (int i = 0; i < 2; ++i) {
        (void)thing->bytes.get();
        if (thing->shares.drop()) { delete thing; }
      }
    });
    s.thread("other", [thing] {
      (void)thing->bytes.get();
      if (thing->shares.drop()) { delete thing; }
    });
  };
}

using slot = detail::hand_over_slot<plain<int>>;

// The owner gives two entries; a thief and the owner take. Nobody loses or doubles one, and each is seen whole.
program handed_over() {
  return [](scene& s) {
    auto& place = s.make<slot>();
    auto& first = s.make<plain<int>>(0);
    auto& second = s.make<plain<int>>(0);
    auto& taken = s.make<counter>();
    s.thread("owner", [&] {
      first.set(1);
      plain<int>* got[3] = {place.give(first), nullptr, nullptr};
      second.set(1);
      got[1] = place.give(second);
      got[2] = place.take();
      for (plain<int>* entry : got) {
        if (entry != nullptr) { entry->set(entry->get() + 1); }
      }
      int n = 0;
      for (plain<int>* entry : got) { n += entry != nullptr ? 1 : 0; }
      taken.add(static_cast<std::uint64_t>(n));
    });
    auto& stolen = s.make<counter>();
    s.thread("thief", [&] {
      if (plain<int>* const entry = place.take()) {
        require(entry->get() == 1, "a stolen entry is whole");
        entry->set(2);
        stolen.add(1);
      }
    });
    s.after([&] {
      require(taken.get() + stolen.get() == 2, "an entry is lost or doubled");
      require(first.get() == 2 && second.get() == 2, "each entry is worked on once");
    });
  };
}

// An entry that one worker displaces was given by another: it is seen whole.
program displaced() {
  return [](scene& s) {
    auto& place = s.make<slot>();
    auto& first = s.make<plain<int>>(0);
    auto& second = s.make<plain<int>>(0);
    for (plain<int>* const entry : {&first, &second}) {
      s.thread("giver", [&place, entry] {
        entry->set(1);
        if (plain<int>* const before = place.give(*entry)) { before->set(2); }
      });
    }
  };
}

// What the taker did before it emptied the slot is over when somebody gives anew.
program taken_then_given() {
  return [](scene& s) {
    auto& place = s.make<slot>();
    auto& entry = s.make<plain<int>>(0);
    auto& scratch = s.make<plain<int>>(0);
    s.thread("one", [&] {
      entry.set(1);
      (void)place.give(entry);
    });
    s.thread("two", [&] {
      scratch.set(1);
      if (plain<int>* const got = place.take()) { (void)place.give(*got); }
    });
    s.thread("three", [&] {
      if (plain<int>* const got = place.take()) { got->set(2); }
    });
  };
}

program one_waiter() {
  return [](scene& s) {
    auto& place = s.make<detail::waiters_place<>>();
    auto& worker = s.make<plain<int>>(0);
    for (const char* name : {"one", "other"}) {
      s.thread(name, [&] {
        if (!place.try_enter()) { return; }
        worker.set(worker.get() + 1);
        place.leave();
      });
    }
  };
}

// Waiter and waker both take a raised gate: one of them gets it, and sees what the raiser did.
program gate_taken() {
  return [](scene& s) {
    auto& g = s.make<gate<>>();
    auto& wakes = s.make<plain<int>>(0);
    auto& waiters = s.make<hint<int>>();
    auto& wakers = s.make<hint<int>>();
    s.thread("waiter", [&] {
      wakes.set(1);
      g.raise(wish::level);
      if (g.take()) { waiters.set(1); }
    });
    s.thread("waker", [&] {
      if (g.peek() && g.take()) {
        require(wakes.get() == 1, "who takes a gate sees what its raiser did");
        wakers.set(1);
      }
    });
    s.after([&] { require(waiters.get() + wakers.get() == 1, "a raise is taken once"); });
  };
}

} // namespace

std::vector<named_model> flag_models() {
  return {
      {"parker.wake", "who takes a ticket before it looks is woken, and sees the waker's work", parked()},
      {"parker.late", "a ticket taken after the wake sees the waker's work", parked_late()},
      {"share.free", "the last of two holders frees", last_one_frees()},
      {"share.alone", "who is alone may write", alone_may_write()},
      {"share.share", "shares of shares: the last one frees", share_of_a_share()},
      {"slot.steal", "owner and thief: each entry is taken once, whole", handed_over()},
      {"slot.displace", "a displaced entry is seen whole", displaced()},
      {"slot.again", "an entry that goes through two hands is seen whole", taken_then_given()},
      {"join.place", "one waiter at a time works", one_waiter()},
      {"gate.take", "a raise is taken once, by either side, with what came before it", gate_taken()},
  };
}

} // namespace weir::model
