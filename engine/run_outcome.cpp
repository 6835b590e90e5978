// What a run ends with: its report or its first error, in the words of the stage that failed, and who is told of it.

#include "engine/run_core.hpp"

#include <cstdio>
#include <utility>

namespace weir::detail {

// A stage's own words, with its name in front.
std::exception_ptr run_core::named(const std::string& stage, const std::exception_ptr& error) {
  if (stage.empty()) { return error; }
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return std::make_exception_ptr(run_error(stage, e.what(), std::current_exception()));
  } catch (...) {
    return std::make_exception_ptr(
        run_error(stage, "threw something that is no std::exception", std::current_exception()));
  }
}

// The first error is the run's; a cancel() is none as soon as there is a real one.
void run_core::fail(const std::string& stage, std::exception_ptr error) noexcept {
  {
    const std::lock_guard lock(slow_);
    try {
      error = named(stage, error);
      if (first_error_ && !cancelled_only_) { later_errors_.push_back(error); }
    } catch (...) {} // Out of memory while it fails already: the first error is what counts, if need be without a name.
    if (!first_error_ || cancelled_only_) {
      first_error_ = std::move(error);
      cancelled_only_ = false;
    }
  }
  signals_.interrupted.set(true); // First: who stops for the cancel must not look complete.
  signals_.cancelled.set(true);
  raise_stop();
  wake_all();
}

// A worker ended the run, perhaps long ago: what is looked at here is in its cache or in none, and each line leads to the next.
void run_core::prefetch() const noexcept {
  constexpr std::size_t k_node = 448; // an operator's, about
  const auto lines = [](const void* at, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; i += k_cache_line) {
      __builtin_prefetch(static_cast<const char*>(at) + i, 0, 2);
    }
  };
  for (const auto& n : graph_.nodes) { lines(n.get(), k_node); }
  for (const auto& e : graph_.edges) { lines(e.get(), 2 * sizeof(edge_base)); } // with its ring
  lines(tasks_.begin(), tasks_.size() * sizeof(stage_task));
}

report run_core::outcome() const {
  prefetch();
  asked_.set(true);
  std::vector<std::exception_ptr> later;
  {
    const std::lock_guard lock(slow_);
    if (!first_error_) { return snapshot(); }
    later = later_errors_;
  }
  try {
    std::rethrow_exception(first_error_);
  } catch (const run_error& first) {
    if (later.empty()) { throw; }
    throw run_error(first, std::move(later));
  }
}

void run_core::leave_alone() noexcept {
  const std::lock_guard lock(slow_);
  unattended_ = true;
  if (ended_) { tell(); }
}

bool run_core::unattended() const noexcept {
  const std::lock_guard lock(slow_);
  return unattended_;
}

void run_core::tell_unasked() noexcept {
  const std::lock_guard lock(slow_);
  tell();
}

void run_core::tell() noexcept {
  if (asked_.get() || !first_error_ || cancelled_only_) { return; }
  asked_.set(true);
  try {
    std::rethrow_exception(first_error_);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "weir: a run failed and nobody asked: %s\n", e.what());
  } catch (...) { std::fprintf(stderr, "weir: a run failed and nobody asked\n"); }
}

} // namespace weir::detail
