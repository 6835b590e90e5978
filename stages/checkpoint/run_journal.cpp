#include "stages/checkpoint/run_journal.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

#include "stages/checkpoint/hash.hpp"
#include "stages/checkpoint/job_checkpoint.hpp"
#include "stages/checkpoint/recognition.hpp"
#include "stages/checkpoint/stream_names.hpp"

namespace weir::stages {
namespace {

class files_journal final : public run_journal {
  using lock = std::lock_guard<std::mutex>;

 public:
  explicit files_journal(journal_options options);

  const std::string& job() const noexcept override { return options_.job; }

  sink_id add_sink(std::string stage) override;
  void found(sink_id sink, std::vector<saved_position> positions) override;
  void begins_anew(sink_id sink) override;
  bool has(sink_id sink, std::uint32_t source, std::uint64_t end_position) const override;
  void took(sink_id sink, std::uint32_t source, std::uint64_t end_position, std::uint64_t records) override;
  void took_all(sink_id sink) override;
  std::vector<saved_position> positions(sink_id sink) override;
  void durable(sink_id sink) override;
  void mark(sink_id sink, std::uint64_t value) override;
  std::optional<std::uint64_t> marked(sink_id sink) const override;

  std::uint32_t add_source(const std::string& path, int descriptor) override;
  std::uint32_t add_stream(std::string name) override;
  std::uint64_t resume_from(std::uint32_t source) override;
  std::vector<std::uint64_t> cuts(std::uint32_t source) override;
  bool done_before(std::uint32_t source) override;
  void passed_on(std::uint32_t source, std::uint64_t position) override;
  void ended(std::uint32_t source, std::uint64_t position) override;
  std::string path_of(std::uint32_t source) const override;

  void notice(std::string text) override;
  void finish() override;
  void flush() override;
  std::vector<source_progress> progress() const override;
  std::vector<std::string> notices() const override;

 private:
  bool keeps_positions() const;
  const source_state& settled(std::uint32_t source);
  void give_out(sink_state& sink);
  void write_checkpoint(bool now);
  std::optional<std::vector<sink_checkpoint>> unwritten();

  journal_options options_;
  std::optional<job_checkpoint> kept_; // its lock is taken before mutex_
  mutable std::mutex mutex_;
  bool unwritten_ = false;
  std::deque<sink_state> sinks_;
  std::deque<source_state> sources_;
  stream_names streams_;
  std::vector<std::string> notices_;
};

files_journal::files_journal(journal_options options) : options_(std::move(options)) {
  if (!options_.checkpoint.empty()) kept_.emplace(options_.checkpoint, options_.job, options_.every);
}

// ---- sinks ----

journal::sink_id files_journal::add_sink(std::string stage) {
  const lock guard(mutex_);
  sink_state& sink = sinks_.emplace_back();
  sink.name = std::move(stage);
  if (const sink_checkpoint* same = kept_ ? kept_->earlier(sink.name) : nullptr) {
    sink.stored = same->positions;
    sink.mark = same->mark;
  }
  return sinks_.size() - 1;
}

void files_journal::found(sink_id sink, std::vector<saved_position> positions) {
  const lock guard(mutex_);
  sinks_[sink].aware = sinks_[sink].own = true;
  sinks_[sink].stored = std::move(positions);
}

void files_journal::begins_anew(sink_id sink) {
  const lock guard(mutex_);
  sinks_[sink].aware = sinks_[sink].anew = true;
  sinks_[sink].stored.clear();
}

bool files_journal::has(sink_id sink, std::uint32_t source, std::uint64_t end_position) const {
  const lock guard(mutex_);
  const sink_state::share* of = sinks_[sink].find(source);
  return of != nullptr && end_position != 0 && end_position <= of->begin;
}

void files_journal::took(sink_id sink, std::uint32_t source, std::uint64_t end_position, std::uint64_t records) {
  std::unique_lock guard(mutex_);
  sink_state& state = sinks_[sink];
  state.aware = true;
  if (is_stream(source)) return;
  if (source > 0 && source <= sources_.size() && end_position > 0) {
    sink_state::share& of = state.at(source);
    of.taken = std::max(of.taken, end_position);
    of.records += records;
  } else if (!std::exchange(state.lost, true) && keeps_positions()) {
    const std::string name = state.name;
    guard.unlock();
    notice(name + ": a stage before it does not say where in the input its data stand, so they cannot be resumed");
  }
}

void files_journal::took_all(sink_id sink) {
  const lock guard(mutex_);
  sinks_[sink].aware = sinks_[sink].took_all = true;
}

std::vector<saved_position> files_journal::positions(sink_id sink) {
  if (options_.before_positions) options_.before_positions();
  const lock guard(mutex_);
  sinks_[sink].aware = true;
  give_out(sinks_[sink]);
  return sinks_[sink].pending;
}

void files_journal::give_out(sink_state& sink) {
  sink.pending.clear();
  sink.pending_of.clear();
  for (std::uint32_t number = 1; number <= sources_.size(); ++number) {
    source_state& source = sources_[number - 1];
    const sink_state::share* known = sink.find(number);
    const sink_state::share of = known != nullptr ? *known : sink_state::share{};
    const bool finished = source.ended && (sink.took_all || of.taken >= source.end);
    const std::uint64_t position = finished ? source.end : of.taken;
    if (!source.resumable() || (position <= of.durable && finished == of.finished)) continue;
    sink.pending.push_back(source.saved_at(position, of.records, finished));
    sink.pending_of.push_back(number);
  }
}

void files_journal::durable(sink_id sink) {
  {
    const lock guard(mutex_);
    sinks_[sink].make_durable();
    if (sinks_[sink].own) return;
    unwritten_ = true;
  }
  write_checkpoint(false);
}

void files_journal::mark(sink_id sink, std::uint64_t value) {
  const lock guard(mutex_);
  sinks_[sink].aware = true;
  sinks_[sink].next_mark = value;
}

std::optional<std::uint64_t> files_journal::marked(sink_id sink) const {
  const lock guard(mutex_);
  return sinks_[sink].mark;
}

// ---- sources ----

std::uint32_t files_journal::add_source(const std::string& path, int descriptor) {
  source_state source(path, descriptor); // reads: outside the lock
  const lock guard(mutex_);
  sources_.push_back(std::move(source));
  return static_cast<std::uint32_t>(sources_.size());
}

std::uint32_t files_journal::add_stream(std::string name) {
  std::unique_lock guard(mutex_);
  const std::uint32_t number = streams_.add(std::move(name));
  if (number != k_stream_numbers || !keeps_positions()) return number;
  guard.unlock();
  notice("connections cannot be resumed: what has come over them does not come again");
  return number;
}

std::uint64_t files_journal::resume_from(std::uint32_t source) { return settled(source).resume_from; }
std::vector<std::uint64_t> files_journal::cuts(std::uint32_t source) { return settled(source).cuts; }
bool files_journal::done_before(std::uint32_t source) { return settled(source).done_before; }

/// What is settled does not change any more, so it may be looked at without the lock.
const source_state& files_journal::settled(std::uint32_t source) {
  std::vector<std::string> told;
  const source_state* state = nullptr;
  {
    const lock guard(mutex_);
    state = &sources_[source - 1];
    if (!std::exchange(sources_[source - 1].settled, true) && keeps_positions())
      told = settle(sources_, source, sinks_);
  }
  for (std::string& each : told) notice(std::move(each));
  return *state;
}

bool files_journal::keeps_positions() const {
  return kept_.has_value() || std::ranges::any_of(sinks_, &sink_state::own);
}

void files_journal::passed_on(std::uint32_t source, std::uint64_t position) {
  const lock guard(mutex_);
  sources_[source - 1].passed = position;
}

void files_journal::ended(std::uint32_t source, std::uint64_t position) {
  const lock guard(mutex_);
  sources_[source - 1].end_at(position);
}

std::string files_journal::path_of(std::uint32_t source) const {
  const lock guard(mutex_);
  if (is_stream(source)) return streams_.name_of(source);
  return source == 0 || source > sources_.size() ? std::string() : sources_[source - 1].marks.source.path;
}

// ---- the command ----

void files_journal::notice(std::string text) {
  {
    const lock guard(mutex_);
    notices_.push_back(text);
  }
  if (options_.tell) options_.tell(text);
}

void files_journal::finish() {
  if (options_.before_positions) options_.before_positions();
  {
    const lock guard(mutex_);
    for (sink_state& sink : sinks_) {
      if (sink.aware) continue;
      sink.took_all = unwritten_ = true;
      give_out(sink);
      sink.make_durable();
    }
  }
  flush();
}

void files_journal::flush() { write_checkpoint(true); }

void files_journal::write_checkpoint(bool now) {
  if (!kept_) return;
  try {
    kept_->write(now, [this] { return unwritten(); });
  } catch (...) { // a full disk, for one: the next try is to write it all the same
    const lock guard(mutex_);
    unwritten_ = true;
    throw;
  }
}

std::optional<std::vector<sink_checkpoint>> files_journal::unwritten() {
  const lock guard(mutex_);
  if (!std::exchange(unwritten_, false)) return std::nullopt;
  std::vector<sink_checkpoint> all;
  for (const sink_state& sink : sinks_)
    if (!sink.own && !sink.anew) all.push_back({sink.name, sink.mark, sink.stored});
  for (const sink_checkpoint& other : kept_->earlier()) // of sinks that have not come yet
    if (std::ranges::find(sinks_, other.name, &sink_state::name) == sinks_.end()) all.push_back(other);
  return all;
}

std::vector<source_progress> files_journal::progress() const {
  const lock guard(mutex_);
  std::vector<source_progress> all;
  for (std::uint32_t number = 1; number <= sources_.size(); ++number) {
    const source_state& source = sources_[number - 1];
    const std::uint64_t durable = std::min(source.passed, durable_at_all(sinks_, number));
    all.push_back({source.marks.source.path, durable, source.passed, source.ended});
  }
  return all;
}

std::vector<std::string> files_journal::notices() const {
  const lock guard(mutex_);
  return notices_;
}

} // namespace

std::string job_of(std::string_view pipeline) { return in_hex(hash_of(pipeline)); }

std::shared_ptr<run_journal> make_journal(journal_options options) {
  return std::make_shared<files_journal>(std::move(options));
}

} // namespace weir::stages
