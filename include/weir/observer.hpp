#pragma once
// Observers: what happens at a run's stages, told while it happens.
//
// Registered on the plan, before the start. Called on the thread that runs the stage at that moment (a worker, a
// blocking thread, the thread that waits for the run), with no engine lock held, one call per stage at a time; calls of
// different stages overlap. An observer may call any function of the run except wait(). What it throws becomes the
// stage's error.

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace weir {

/// The stage's life: data and pause/drain/resume any number of times, then end (inputs used up), finish (its own work
/// is complete), close (its resources are released; always, once, and last). error comes instead of end and finish.
enum class event : std::uint8_t {
  data,   ///< the stage has taken or made items; `items` says how many since the last time
  pause,  ///< the stage stopped: its output is full, or the user paused the run
  drain,  ///< an output that was full has room again
  resume, ///< the stage runs again after a pause
  end,    ///< every input was consumed to its end
  finish, ///< the stage has done all it will do, successfully
  close,  ///< the stage's resources are released
  error,  ///< the stage failed
};

[[nodiscard]] constexpr const char* to_string(event what) noexcept {
  constexpr const char* k_names[] = {"data", "pause", "drain", "resume", "end", "finish", "close", "error"};
  return k_names[static_cast<std::size_t>(what)];
}

struct event_info {
  event what;
  const std::string& stage;
  std::uint64_t items = 0; ///< data only
};

using observer = std::function<void(const event_info&)>;

/// The observers of one plan, by stage name; an empty name means every stage.
struct observation {
  std::string stage;
  event what;
  observer call;
};

} // namespace weir
