// The hub's roll: whoever attaches is served by the stage's turns or told at the end, and no change is slept through.

#include <weir/hub_roll.hpp>

#include "tests/model/checker/plain.hpp"
#include "tests/model/models/models.hpp"
#include "tests/model/models/stage_like.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace weir::model {

namespace {

using roll = detail::hub_roll<int>;

// What hub_node does with the roll: a turn looks for news, and parks where there are none.
struct hub_like {
  hub_like() { changes.begins(stage); }
  void turns_until(std::size_t links) {
    for (std::size_t seen = 0; seen < links;) {
      require(stage.claim(), "there is one worker");
      if (changes.news()) { seen = changes.attached().size(); }
      if (seen < links) { (void)stage.park(); }
    }
  }

  roll changes;
  stage_like stage;
};

program attached_while_it_runs() {
  return [](scene& s) {
    auto& h = s.make<hub_like>();
    h.stage.wake();
    s.thread("hub", [&h] { h.turns_until(1); });
    s.thread("attacher", [&h] { require(h.changes.add(1), "the hub is there"); });
  };
}

program two_attach() {
  return [](scene& s) {
    auto& h = s.make<hub_like>();
    s.thread("hub", [&h] { h.turns_until(2); });
    for (const int link : {1, 2}) {
      s.thread("attacher", [&h, link] { require(h.changes.add(link), "the hub is there"); });
    }
  };
}

// A branch detaches: its mark is seen by the turn that the wake brings.
program detached() {
  return [](scene& s) {
    auto& h = s.make<hub_like>();
    auto& leaving = s.make<hint<bool>>();
    require(h.changes.add(1), "the hub is there");
    s.thread("hub", [&] {
      for (bool gone = false; !gone;) {
        require(h.stage.claim(), "there is one worker");
        if (h.changes.news()) { gone = !h.changes.attached().empty() && leaving.get(); }
        if (!gone) { (void)h.stage.park(); }
      }
      h.changes.gone(1);
    });
    s.thread("detacher", [&] {
      leaving.set(true);
      h.changes.wake();
    });
    s.after([&h] { require(h.changes.size() == 0, "who has left is off the roll"); });
  };
}

// The run is over while somebody attaches: refused, or given back at the end, never neither.
program attached_at_the_end() {
  return [](scene& s) {
    auto& h = s.make<hub_like>();
    auto& added = s.make<hint<bool>>();
    auto& told = s.make<hint<bool>>();
    s.thread("hub", [&] { told.set(!h.changes.ends().empty()); });
    s.thread("attacher", [&] { added.set(h.changes.add(1)); });
    s.after([&] { require(added.get() == told.get(), "whoever is added is told of the end, and nobody else"); });
  };
}

} // namespace

std::vector<named_model> hub_models() {
  return {
      {"hub.attach", "a branch that attaches is seen by a turn", attached_while_it_runs()},
      {"hub.two_attach", "so are two at once", two_attach()},
      {"hub.detach", "a branch that leaves is seen to leave", detached()},
      {"hub.end", "whoever attaches at the end is refused or told", attached_at_the_end()},
  };
}

} // namespace weir::model
