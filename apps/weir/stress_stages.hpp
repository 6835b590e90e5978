// The stages of a stress run: a source that counts, stages that pass on, and a sink that checks. Each of them can be
// held up at random, so that every order of events between neighbours comes up sooner or later.
#pragma once

#include "apps/weir/stress_check.hpp"
#include "apps/weir/stress_random.hpp"

#include <weir/weir.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace weir::command {

/// The base of the stages.
class held_up_at_random {
 public:
  /// Without a seed there are no delays.
  explicit held_up_at_random(std::optional<std::uint64_t> seed = std::nullopt) : seed_(seed) {}
  void start(stage_context& context) {
    context_ = &context;
    if (seed_) random_ = stress_random(*seed_, context.name());
  }

 protected:
  /// How many of `most` items to do now; 0: none before a time that the context knows, return step::time.
  [[nodiscard]] std::size_t portion(std::size_t most) { return seed_ ? portion_after_delay(most) : most; }

 private:
  std::size_t portion_after_delay(std::size_t most);

  std::optional<std::uint64_t> seed_;
  stress_random random_;
  stage_context* context_ = nullptr;
};

/// The numbers from `next` to before `end`.
class counting : public held_up_at_random {
 public:
  counting(std::uint64_t next, std::uint64_t end, stream_account& made, std::optional<std::uint64_t> seed = {})
      : held_up_at_random(seed), next_(next), end_(end), made_(&made) {}
  step process(outlet<std::uint64_t>& out);

 private:
  std::uint64_t next_;
  std::uint64_t end_;
  stream_account* made_;
};

/// Passes items on, span by span.
class passing : public held_up_at_random {
 public:
  using held_up_at_random::held_up_at_random;
  step process(inlet<std::uint64_t>& in, outlet<std::uint64_t>& out);
};

/// Passes items on one by one, as a coroutine.
[[nodiscard]] task pass_each(inlet<std::uint64_t> in, outlet<std::uint64_t> out);

/// The sink.
class checking : public held_up_at_random {
 public:
  explicit checking(stream_check& check, std::optional<std::uint64_t> seed = {})
      : held_up_at_random(seed), check_(&check) {}
  step process(inlet<std::uint64_t>& in);

 private:
  stream_check* check_;
};

} // namespace weir::command
