#pragma once
// What a stage does with an item that it cannot process: stop the run (the default), skip it, try again, or put it aside.
//
//   … | map(parse) | on_error(skip()) | …
//   … | stage("store", store{}) | on_error(retry(5, 10ms)) | …                   then stop
//   … | map(parse) | on_error(retry(2, 1ms).then(dead_letter<line>(into(bad)))) | …
//
// It stands behind the stage that it is for; operators that fuse into one stage have one policy. An item of which something
// has already been passed on (flat_map) can be skipped, not tried again or put aside: the rest of it is left out.

#include <weir/clock.hpp>
#include <weir/edge.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace weir {

/// An item that was put aside, and why.
template <class T>
struct dead {
  T item;
  std::exception_ptr error;
};

enum class error_action : std::uint8_t { stop, skip, dead_letter };

/// What to do, and how often to try before.
struct error_policy {
  std::size_t retries = 0;
  clock::duration backoff{}; ///< before the first retry; doubled for each that follows
  error_action last = error_action::stop;

  /// The policy needs the item after it failed.
  [[nodiscard]] bool keeps_item() const noexcept { return retries > 0 || last == error_action::dead_letter; }
};

namespace detail {

/// A policy on an item type: what a node keeps about it. One thread, the stage's.
template <class T>
class item_guard {
 public:
  item_guard(const error_policy& policy, typed_edge<dead<T>>* aside) : policy_(policy), aside_(aside) {}

  [[nodiscard]] const error_policy& policy() const noexcept { return policy_; }
  /// Where dead letters go, if anywhere.
  [[nodiscard]] typed_edge<dead<T>>* aside() const noexcept { return aside_; }
  /// An item could be put aside now.
  [[nodiscard]] bool ready() { return aside_ == nullptr || aside_->has_room() || aside_->closed(); }

  /// Inside a catch block: what becomes of the item. True: try it again at due(). False: it is dealt with. Rethrows to stop.
  bool failed(T* item, clock::time_point now) {
    if (item != nullptr && tries_ < policy_.retries) {
      due_ = now + policy_.backoff * (std::uint64_t{1} << std::min<std::size_t>(tries_, 20));
      ++tries_;
      return true;
    }
    succeeded();
    if (policy_.last == error_action::stop || (policy_.last == error_action::dead_letter && item == nullptr)) { throw; }
    if (policy_.last == error_action::skip) {
      skipped_.add(1);
    } else if (aside_->try_push(dead<T>{std::move(*item), std::current_exception()})) {
      aside_count_.add(1);
    } else {
      throw; // Nobody takes dead letters any more.
    }
    return false;
  }
  void succeeded() noexcept {
    tries_ = 0;
    due_ = {};
  }
  [[nodiscard]] clock::time_point due() const noexcept { return due_; }

  // ---- anyone ----
  [[nodiscard]] std::uint64_t skipped() const noexcept { return skipped_.get(); }
  [[nodiscard]] std::uint64_t dead_lettered() const noexcept { return aside_count_.get(); }

 private:
  error_policy policy_;
  typed_edge<dead<T>>* aside_;
  std::size_t tries_ = 0;
  clock::time_point due_{};
  counter skipped_;     // written by the stage
  counter aside_count_; // written by the stage
};

} // namespace detail

} // namespace weir
