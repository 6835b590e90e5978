#pragma once
// recorder: what observers were told, stage by stage, from any thread.

#include <weir/plan.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace weir::test {

inline constexpr event k_events[] = {event::data, event::pause,  event::drain, event::resume,
                                     event::end,  event::finish, event::close, event::error};

class recorder {
 public:
  /// Observes every event of every stage. The recorder outlives the plan's runs.
  void watch(plan& p) {
    for (const event what : k_events) {
      p.on(what, [this](const event_info& e) { note(e); });
    }
  }
  /// The events of a stage in order, `data` and pauses left out unless asked for.
  [[nodiscard]] std::vector<event> life_of(const std::string& stage) const {
    const std::lock_guard lock(mutex_);
    std::vector<event> life;
    const auto found = events_.find(stage);
    if (found == events_.end()) { return life; }
    for (const event what : found->second) {
      if (what >= event::end) { life.push_back(what); }
    }
    return life;
  }
  [[nodiscard]] std::uint64_t items(const std::string& stage) const {
    const std::lock_guard lock(mutex_);
    const auto found = items_.find(stage);
    return found == items_.end() ? 0 : found->second;
  }
  [[nodiscard]] std::vector<std::string> stages() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [name, events] : events_) { names.push_back(name); }
    return names;
  }
  [[nodiscard]] std::size_t count(event what) const {
    const std::lock_guard lock(mutex_);
    std::size_t n = 0;
    for (const auto& [name, events] : events_) {
      for (const event e : events) { n += e == what ? 1 : 0; }
    }
    return n;
  }
  /// Everything in the order told: one line an event.
  [[nodiscard]] const std::string& transcript() const noexcept { return transcript_; }
  void clear() {
    const std::lock_guard lock(mutex_);
    events_.clear();
    items_.clear();
    transcript_.clear();
  }

 private:
  void note(const event_info& e) {
    const std::lock_guard lock(mutex_);
    events_[e.stage].push_back(e.what);
    items_[e.stage] += e.items;
    transcript_ += e.stage + " " + to_string(e.what) + " " + std::to_string(e.items) + "\n";
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::vector<event>> events_;
  std::map<std::string, std::uint64_t> items_;
  std::string transcript_;
};

} // namespace weir::test
