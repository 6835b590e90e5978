#pragma once
// hub: a tee whose branches come and go while the run is under way.
//
//   weir::hub<line> hub;
//   weir::run run = (source | hub.sink()).start();
//   auto archive = hub.attach(gzip() | write("all.gz"));     from the next item on
//   …
//   archive.detach();  archive.wait();                       what it was given before is let out
//
// A branch is a run of its own, joined to the hub by one queue, so it can end, fail or be detached alone. The hub takes an
// item when every attached branch has room: the slowest governs, and without a branch the hub waits and loses nothing. The
// hub's run is over when its branches are.
//
//   function                      who           waits                progress
//   attach detach                 anyone        a short lock         –
//   branch::wait                  not a stage   until it is over     –

#include <weir/branches.hpp>
#include <weir/hub_node.hpp>

#include <memory>
#include <utility>

namespace weir {

/// A branch of a hub. Copies are handles of the same branch; every function from any thread.
class branch_handle {
 public:
  explicit branch_handle(std::shared_ptr<detail::hub_branch> state) : state_(std::move(state)) {}

  /// Gives the branch no more items; what it has is let out. Idempotent, does not wait.
  void detach() { state_->leave(); }
  /// Waits until the branch has started and is over: its report, or throws its error, or cancelled_error when the hub's run
  /// was over before the branch could start. Not from inside a stage.
  report wait() { return state_->wait(); }
  [[nodiscard]] bool over() const { return state_->over(); }

 private:
  std::shared_ptr<detail::hub_branch> state_;
};

/// A place in one run where branches are attached. Copies are handles of the same place.
template <class T>
class hub {
 public:
  /// What becomes of the hub's run when a branch fails: it fails too, or goes on without the branch, whose handle has the
  /// error.
  explicit hub(on_branch_failure policy = on_branch_failure::fail_all)
      : state_(std::make_shared<detail::hub_state<T>>(policy)) {}

  /// The end of the pipeline that feeds the branches. Serves one run.
  [[nodiscard]] pipe<T, void> sink() const { return pipe<T, void>(std::make_shared<detail::hub_part<T>>(state_)); }

  /// Adds a branch, before the start or while the run is under way: it gets every item that the hub takes from then on.
  /// `options.memory` is the branch's own bound. Throws plan_error when the branch cannot run, std::logic_error when the
  /// hub's run is over.
  template <branch Piece>
  branch_handle attach(const Piece& what, const run_options& options = {}) {
    auto bound = detail::bind_branch<T>(what);
    static_assert(std::is_void_v<typename decltype(bound)::out_type>, "weir: a branch of a hub ends in a sink");
    return branch_handle(state_->attach(std::move(bound.parts), options));
  }
  /// Branches that are attached now.
  [[nodiscard]] std::size_t branches() const { return state_->branches(); }

 private:
  std::shared_ptr<detail::hub_state<T>> state_;
};

} // namespace weir
