#include "engine/balance.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace weir::detail {

namespace {

constexpr std::uint64_t k_heavy = 60'000; // ticks: stages whose turns are so long spread by being taken from workers
constexpr double k_worth_it = 1.15;       // a second core has to bring so much
constexpr double k_a_loss = 0.8;          // a trial that brings so little ends early
constexpr std::uint64_t k_looks_at_a_loss = 2;
constexpr std::uint64_t k_looks = 4; // reviews that a rate is taken over: one alone is noise
constexpr std::size_t k_least_to_cut = 3;
constexpr std::size_t k_most_stages = 4'096; // a review looks at each

std::uint64_t sum(auto first, auto last) { return std::accumulate(first, last, std::uint64_t{0}); }

} // namespace

bool balance::review(const reviewer& by, cut_trials& trials) noexcept {
  if (stages_->size() > k_most_stages || !place_.try_enter()) { return false; }
  bool wanted = false;
  if (by.now > reviewed_at_ + k_period / 2) { // Another worker's clock may have been read a little later.
    try {
      wanted = decide(by, trials);
    } catch (...) {} // Out of memory: the run stays as it is.
  }
  place_.leave();
  return wanted;
}

bool balance::decide(const reviewer& by, cut_trials& trials) {
  if (stages_->size() < k_least_to_cut) { return std::exchange(reviewed_at_, by.now) != 0 && gives_away(by); }
  const bool first = busy_.empty();
  if (first) {
    busy_before_.resize(stages_->size());
    busy_.resize(stages_->size()); // last: it says that both are there
  }
  measure(by.now);

  if (first) { // There was no time to measure from.
    mean_ = 0;
    looks_ = 0;
    return false;
  }
  switch (phase_) {
  case phase::whole:
    if (gives_away(by)) { return true; }
    if (!by.pressed || looks_ < k_looks || by.now <= retry_at_ || !trials.due(by.now) || !try_cut(by)) { return false; }
    trials.begins(by.now);
    return true;
  case phase::settling:
    enter(phase::trial);
    return false;
  case phase::trial:
    if (looks_ < (mean_ < rate_whole_ * k_a_loss ? k_looks_at_a_loss : k_looks)) { return false; }
    if (mean_ < rate_whole_ * k_worth_it) {
      take_back(by.now);
    } else {
      enter(phase::cut);
      trials.succeeded();
    }
    return false;
  case phase::cut:
    if (looks_ >= k_looks && mean_ < rate_whole_) {
      take_back(by.now);
      return false;
    }
    wander();
    return by.pressed; // Somebody has left a part alone.
  }
  return false;
}

void balance::enter(phase next) noexcept {
  phase_ = next;
  looks_ = 0;
}

void balance::measure(std::uint64_t now) {
  for (std::size_t i = 0; i < busy_.size(); ++i) {
    const std::uint64_t busy = (*stages_)[i].account.busy.get();
    busy_[i] = busy - std::exchange(busy_before_[i], busy);
  }
  std::uint64_t items = 0;
  for (const edge_base* e : stages_->front().what().outputs()) { items += e->items_in(); }
  rate_ = static_cast<double>(items - items_before_) / static_cast<double>(now - reviewed_at_);
  items_before_ = items;
  reviewed_at_ = now;
  mean_ += (rate_ - mean_) / static_cast<double>(std::min(++looks_, 2 * k_looks));
}

bool balance::heavy() const noexcept {
  return std::any_of(stages_->begin(), stages_->end(),
                     [](const stage_task& s) { return !s.done() && s.turn_ticks() >= k_heavy; });
}

// It has to be seen for a while again before it goes on to a third worker, or is cut.
bool balance::gives_away(const reviewer& by) noexcept {
  if (!by.pressed || !by.several || heavy()) { return false; }
  front_.home.set(nullptr);
  front_.not_for.set(by.worker);
  for (stage_task& s : *stages_) { s.belongs_to(&front_); }
  enter(phase::whole);
  return true;
}

// Where the longer side is shortest.
bool balance::try_cut(const reviewer& by) {
  if (heavy()) { return false; }
  const std::uint64_t all = sum(busy_.begin(), busy_.end());
  std::uint64_t before = 0;
  std::uint64_t best = all;
  for (std::size_t i = 0; i + 1 < busy_.size(); ++i) {
    before += busy_[i];
    if (const std::uint64_t longer = std::max(before, all - before); longer < best) {
      best = longer;
      cut_ = i + 1;
    }
  }
  if (all < k_period / 2 || static_cast<double>(best) * 1.5 > static_cast<double>(all)) {
    retry_at_ = by.now + patience_;
    return false;
  }
  rate_whole_ = mean_;
  front_.home.set(by.worker);
  front_.not_for.set(nullptr);
  behind_.home.set(nullptr);
  behind_.not_for.set(by.worker);
  assign();
  enter(phase::settling);
  return true;
}

// One stage at a time, to the side that has less to do.
void balance::wander() noexcept {
  const auto cut = busy_.begin() + static_cast<std::ptrdiff_t>(cut_);
  const std::uint64_t front = sum(busy_.begin(), cut);
  const std::uint64_t behind = sum(cut, busy_.end());
  if (cut_ > 1 && front > behind + 2 * *(cut - 1)) {
    (*stages_)[--cut_].belongs_to(&behind_);
  } else if (cut_ + 1 < busy_.size() && behind > front + 2 * *cut) {
    (*stages_)[cut_++].belongs_to(&front_);
  }
}

void balance::assign() noexcept {
  for (std::size_t i = 0; i < stages_->size(); ++i) { (*stages_)[i].belongs_to(i < cut_ ? &front_ : &behind_); }
}

void balance::take_back(std::uint64_t now) noexcept {
  for (stage_task& s : *stages_) { s.belongs_to(nullptr); }
  enter(phase::whole);
  retry_at_ = now + patience_;
  patience_ *= 2;
}

} // namespace weir::detail
