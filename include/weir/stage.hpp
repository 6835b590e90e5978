#pragma once
// What a stage and the engine say to each other: steps, needs, the context, and the node that stands for a stage.
//
// A stage's turn: the engine calls node::turn() on a worker; the node calls the body until it says why it stops; then
// everything pushed is published, everything consumed is released, waiting neighbours are woken, and only then, if the
// body waits for something, the matching gate is raised and looked behind once more (publish before park).

#include <weir/block.hpp>
#include <weir/clock.hpp>
#include <weir/edge.hpp>
#include <weir/error_policy.hpp>
#include <weir/few.hpp>
#include <weir/storage.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir {

class part_list;
class run;
struct run_options;

/// What a stage's body says when it returns.
enum class step : std::uint8_t {
  more,     ///< call me again
  input,    ///< I cannot go on without more input
  room,     ///< I cannot go on without room downstream
  memory,   ///< I cannot go on without a block of my pool
  time,     ///< not before the time given to stage_context::wake_at()
  blocking, ///< the next call must be on a thread that may block
  outside,  ///< until somebody outside wakes me: stage_context::self().wake()
  done,     ///< I have finished: downstream ends, upstream is told to stop
};

/// What a stage needs from the memory bound, beside its edges. Summed and granted by check().
struct stage_needs {
  std::size_t blocks = 0;           ///< blocks it may have out at a time; 0: it makes none
  std::size_t blocks_if_shared = 0; ///< as `blocks`, needed only behind a tee: it changes blocks in place
  std::size_t context_bytes = 0;    ///< what it allocates for itself: codec contexts, tables, carried bytes
  bool takes_rest = false;          ///< a source: may use whatever the budget leaves, at least `blocks`
  bool large_records = false;       ///< builds blocks larger than the block size; gets a share of the rest
};

/// What the run tells all of its stages. Set by the run, looked at by nodes at the start of a turn.
struct run_signals {
  hint<bool> cancelled{false};   ///< drop everything, release resources
  hint<bool> finishing{false};   ///< sources stop; what is in flow is let out
  hint<bool> interrupted{false}; ///< the input will not be whole: nothing may look complete
  hint<bool> paused{false};      ///< no stage takes items
};

/// What the engine offers a stage while the run lives. Implemented by the engine.
class run_services {
 public:
  [[nodiscard]] virtual clock::time_point now() noexcept = 0;
  /// A descriptor that becomes readable when the run is finished early, cancelled or interrupted, or when all that the stage
  /// writes to is closed; `of` is its waker. It stays readable.
  [[nodiscard]] virtual int stop_descriptor(const waker& of) = 0;
  /// Threads that compute.
  [[nodiscard]] virtual std::size_t threads() const noexcept = 0;
  /// Keeps the run's stages in memory, so that they may be woken.
  [[nodiscard]] virtual std::shared_ptr<void> alive() = 0;
  /// Starts another run beside this one; `on_over` is called when it is over, by whoever ended it. Throws what starting
  /// throws.
  [[nodiscard]] virtual run start_beside(const part_list& parts, const run_options& options,
                                         std::function<void()> on_over) = 0;

 protected:
  ~run_services() = default;
};

/// A stage's view of its run. Valid from start() until the stage is destroyed; used by the stage's own turns only,
/// except self(), which any thread may wake.
class stage_context {
 public:
  /// Its needs() had blocks, for this plan.
  [[nodiscard]] bool has_blocks() const noexcept { return pool_ != nullptr; }
  [[nodiscard]] block_pool& blocks() noexcept { return *pool_; }
  /// This call runs on a thread that may block.
  [[nodiscard]] bool may_block() const noexcept { return may_block_; }
  /// The run was asked to let out what is in flow and take nothing new.
  [[nodiscard]] bool finishing() const noexcept { return signals_->finishing.get(); }
  [[nodiscard]] bool cancelled() const noexcept { return signals_->cancelled.get(); }
  /// The run will not see its whole input: a sink must not let its result look complete.
  [[nodiscard]] bool interrupted() const noexcept { return signals_->interrupted.get(); }
  /// Readable from the moment when waiting outside the engine has lost its sense: the run is to stop, or nobody wants more.
  [[nodiscard]] int stop_descriptor() { return services_->stop_descriptor(*self_); }
  [[nodiscard]] clock::time_point now() noexcept { return services_->now(); }
  [[nodiscard]] std::size_t threads() const noexcept { return services_->threads(); }
  [[nodiscard]] run_services& services() noexcept { return *services_; }
  /// With step::time: the earliest time of the next call.
  void wake_at(clock::time_point when) noexcept { wake_at_ = when; }
  /// With step::input: the time of the next call, also when nothing has come.
  void wake_by(clock::time_point when) noexcept { wake_by_ = when; }
  /// With step::outside: whoever holds this may wake the stage.
  [[nodiscard]] waker& self() noexcept { return *self_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// For progress: how much input there will be, if it is known; how much was read of it. Source only.
  void total_bytes(std::uint64_t bytes) noexcept { total_.set(bytes); }
  void done_bytes(std::uint64_t bytes) noexcept { done_.set(bytes); }

 private:
  friend class node;
  block_pool* pool_ = nullptr;
  const run_signals* signals_ = nullptr;
  run_services* services_ = nullptr;
  waker* self_ = nullptr;
  std::string name_;
  clock::time_point wake_at_{};
  std::optional<clock::time_point> wake_by_;
  bool may_block_ = false;
  counter total_;
  counter done_;
};

/// The most items a body takes between two looks at the clock, however cheap they are.
inline constexpr std::size_t k_most_items = 1024;

/// Whom a cheap turn wakes while it publishes is listed when it ends. Belongs to the turn.
struct kept_wakes {
  bool open = false; // it publishes
  std::size_t n = 0;
};

/// How long a turn may last, and the turn's clock: reading a tick costs as much as ten cheap items, so every look is kept.
/// It belongs to the one thread that runs the turn.
class turn_budget {
 public:
  /// `measured`: batches may follow the measured cost of an item; else they are `items`, whatever the clock says.
  /// `worker`: whose cache the turn warms, for comparing; null: unknown.
  turn_budget(std::uint64_t begun, std::uint64_t end_tick, std::size_t items, bool measured,
              const void* worker = nullptr) noexcept
      : seen_(begun), end_(end_tick), items_(items), worker_(worker), measured_(measured) {}
  /// Looks at the clock: the ticks since the last look, or since the turn began.
  std::uint64_t lap() const noexcept { // NOLINT: asked for its effect too
    const std::uint64_t now = ticks();
    return now - std::exchange(seen_, now);
  }
  /// Whether the turn was over at the last look.
  [[nodiscard]] bool late() const noexcept { return seen_ >= end_; }
  [[nodiscard]] bool spent() const noexcept {
    lap();
    return late();
  }
  [[nodiscard]] const void* worker() const noexcept { return worker_; }
  /// The turn is expected to be short: its wakes are kept until its end.
  void keeps(kept_wakes& wakes) noexcept { kept_ = &wakes; }
  [[nodiscard]] bool quiet() const noexcept { return kept_ != nullptr; }
  void publishing(bool yes) const noexcept {
    if (kept_ != nullptr) { kept_->open = yes; }
  }
  /// Somebody waits for the turn's end.
  [[nodiscard]] bool holds_wakes() const noexcept { return kept_ != nullptr && kept_->n > 0; }
  /// The most items a body should take between two looks: small numbers shuffle schedules.
  [[nodiscard]] std::size_t items() const noexcept { return items_; }
  [[nodiscard]] std::size_t items(std::size_t batch) const noexcept {
    return measured_ ? std::min(batch, items_) : items_;
  }

 private:
  mutable std::uint64_t seen_;
  std::uint64_t end_;
  std::size_t items_;
  const void* worker_;
  kept_wakes* kept_ = nullptr;
  bool measured_;
};

/// Why a stage is not running.
enum class reason : std::uint8_t { ready, input, room, memory, time, blocking, outside, paused, done };

/// How a turn ended: the reason it cannot go on, or `ready` to run again. `where` is the edge it waits for, if one.
struct verdict {
  reason why = reason::ready;
  const edge_base* where = nullptr;
};

/// What became of the items that a stage took, beside those that left it.
struct stage_tally {
  std::uint64_t made = 0;          ///< by a source function
  std::uint64_t consumed = 0;      ///< by a sink function
  std::uint64_t filtered = 0;      ///< left out by filter, take or a partition whose replica wants no more
  std::uint64_t added = 0;         ///< by flat_map, beyond one for each item
  std::uint64_t skipped = 0;       ///< could not be processed: on_error(skip())
  std::uint64_t dead_lettered = 0; ///< could not be processed: on_error(dead_letter(…))
};

/// A stage inside a run: what the engine schedules. One owner at a time, guaranteed by the engine's state word.
class node : public detail::from_storage {
 public:
  explicit node(std::string name) { context_.name_ = std::move(name); }
  node(const node&) = delete;
  node& operator=(const node&) = delete;
  virtual ~node() = default;

  // ---- before the run ----
  [[nodiscard]] const std::string& name() const noexcept { return context_.name_; }
  void rename(std::string name) { context_.name_ = std::move(name); }
  [[nodiscard]] virtual stage_needs needs() const { return {}; }
  /// Several branches get handles of the same items: who changes an item must copy it first.
  [[nodiscard]] bool shares_items() const noexcept { return shares_items_; }
  void shares_items(bool yes) noexcept { shares_items_ = yes; }
  /// What becomes of an item that the stage cannot process; `aside`: the edge of dead letters, or null. Throws plan_error
  /// when the stage cannot do that.
  virtual void guard(const error_policy& policy, edge_base* aside);
  /// Another edge this node writes, beside those it was made with.
  void also_writes(edge_base& e) {
    add_output(e);
    ++side_outputs_;
  }
  /// The node is one of several that stand for one stage of the plan; they are reported as one.
  void member_of(std::string group) { group_ = std::make_unique<const std::string>(std::move(group)); }
  [[nodiscard]] const std::string& group() const noexcept {
    static const std::string none;
    return group_ == nullptr ? none : *group_;
  }
  /// What stands inside, for explain(): the operators of a fused group, else the name.
  [[nodiscard]] virtual std::string inside() const { return name(); }
  [[nodiscard]] std::span<edge_base* const> inputs() const noexcept { return inputs_.all(); }
  [[nodiscard]] std::span<edge_base* const> outputs() const noexcept { return outputs_.all(); }
  /// Those that carry the stage's results: not dead letters, nor what farms tell each other.
  [[nodiscard]] std::span<edge_base* const> results() const noexcept {
    return outputs().first(outputs().size() - side_outputs_);
  }
  void bind(const run_signals& signals, run_services& services, waker& self, block_pool* pool) noexcept {
    context_.signals_ = &signals;
    context_.services_ = &services;
    context_.self_ = &self;
    context_.pool_ = pool;
    if (pool != nullptr) { pool->owner(&self); }
    for (edge_base* e : inputs()) { e->consumer(&self); }
    for (edge_base* e : outputs()) { e->producer(&self); }
  }
  /// Opens what the stage works with. Called once, on the thread that starts the run, before any turn.
  virtual void start() {}

  // ---- on a worker ----
  /// One turn. Throws what the body throws.
  [[nodiscard]] verdict turn(const turn_budget& budget, bool may_block);
  /// A source that is asked to finish still has to let something out.
  [[nodiscard]] virtual bool holds_items() const noexcept { return false; }
  /// Its body can do nothing before the first item of its input, or the input's end.
  [[nodiscard]] virtual bool begins_with_input() const noexcept { return false; }
  /// Releases the body and tells the neighbours. Called exactly once, by the owner, after done, error or cancel.
  /// Returns what the release threw, if anything.
  [[nodiscard]] std::exception_ptr retire() noexcept;

  // ---- anyone ----
  [[nodiscard]] virtual stage_tally tally() const noexcept { return {}; }
  /// Items that came in and are in none of the accounts; 0 when the stage keeps none. Only when the run is over.
  [[nodiscard]] virtual std::int64_t unaccounted() const noexcept { return 0; }
  [[nodiscard]] stage_context& context() noexcept { return context_; }
  [[nodiscard]] const block_pool* pool() const noexcept { return context_.pool_; }
  [[nodiscard]] std::uint64_t total_bytes() const noexcept { return context_.total_.get(); }
  [[nodiscard]] std::uint64_t done_bytes() const noexcept { return context_.done_.get(); }
  /// What a parked stage has to be woken by, if anything.
  [[nodiscard]] std::optional<clock::time_point> wake_time(reason why) const noexcept {
    if (why == reason::time) { return context_.wake_at_; }
    return why == reason::input ? context_.wake_by_ : std::nullopt;
  }

 protected:
  /// Runs the stage until it cannot go on or the budget is spent.
  [[nodiscard]] virtual step body(const turn_budget& budget) = 0;
  /// Destroys what the stage holds: files, frames, blocks. What it throws is reported as an error of the stage.
  virtual void release() {}

  void add_input(edge_base& e) { inputs_.push_back(&e); }
  void add_output(edge_base& e) { outputs_.push_back(&e); }
  /// What step::input or step::room waits for; more than one edge may be named. Without it: the first input or output.
  void wait_on(edge_base& e, edge_event what) { waits_.push_back({&e, what}); }

 private:
  void publish(const turn_budget& budget, bool parking) noexcept;
  [[nodiscard]] bool may_go_on(step why);

  stage_context context_;
  std::unique_ptr<const std::string> group_; // most stages have none
  bool shares_items_ = false;
  detail::few<edge_base*, 1> inputs_;
  detail::few<edge_base*, 1> outputs_; // the results', then the side outputs
  std::size_t side_outputs_ = 0;
  struct wait {
    edge_base* where;
    edge_event what;
  };
  detail::few<wait, 1> waits_;
};

} // namespace weir
