#include "tests/oracle/world.hpp"

#include "tests/support/stages.hpp"

namespace weir::oracle {

run& world::wait_for_handle() {
  test::until([this] { return has_handle_.load(); });
  return *handle;
}

void world::do_it(unsigned passed) {
  if (passed != what.at || acted.exchange(true)) { return; }
  switch (what.action) {
  case act::none:
    return;
  case act::pause:
    (void)wait_for_handle();
    return pause();
  case act::cancel:
    return wait_for_handle().cancel();
  case act::stop_token:
    stop.request_stop();
    return;
  case act::finish:
    return wait_for_handle().finish();
  case act::fail:
    throw thrown_by_graph();
  }
}

void world::front(const item&) {
  const unsigned passed = front_passed_++;
  probe();
  if (!what.late) { do_it(passed); }
}

void world::back(const item& x) {
  const unsigned passed = back_passed_++;
  for (std::size_t b = 0; b < hub_branches.size(); ++b) {
    if (what.branches[b].attach > 0 && what.branches[b].attach == passed) {
      try {
        attached[b] = fan->attach(hub_branches[b]);
      } catch (const std::logic_error&) { // The hub's run has been cancelled meanwhile.
        if (!acted.load()) { throw; }
      }
    }
    if (what.branches[b].detach > 0 && what.branches[b].detach == passed && attached[b]) { attached[b]->detach(); }
  }
  if (what.late) { do_it(passed); } // Before the item is noted: one that is thrown at does not pass.
  order.push_back({x.id, x.value});
  probe();
}

void world::probe() {
  if (probes_.fetch_add(1) % 4 != 0 || !has_handle_.load()) { return; }
  for (const edge_report& e : handle->snapshot().edges) {
    if (e.items <= e.capacity) { continue; }
    const std::lock_guard lock(mutex_);
    overfull_ = e.name + " holds " + std::to_string(e.items) + " of " + std::to_string(e.capacity);
  }
}

} // namespace weir::oracle
