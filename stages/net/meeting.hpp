#pragma once
// How the two sides of a connection find each other.

#include <weir/stage.hpp>

#include <chrono>
#include <optional>

#include "stages/net/sockets.hpp"
#include "stages/net/waiting.hpp"

namespace weir::stages {

/// What a wait is given up for.
enum class give_up {
  when_told,        ///< the run is to stop, in whatever manner
  when_interrupted, ///< its input will not be whole, or it is cancelled
  when_cancelled    ///< not while it lets out what is in flow
};

/// Waits on a thread that may block until `waits` is ready; false: it was given up.
bool wait_for(waiting& waits, stage_context& context, give_up when);

/// Waits so long on a thread that may block; false: it was given up.
bool pause_for(std::chrono::milliseconds time, stage_context& context, give_up when);

/// Connects, and tries again for `patience` while it is not reached. On a thread that may block. Empty: given up. Throws
/// server_gone with the last reason.
std::optional<stream_socket> connect_patiently(const net_address& to, std::chrono::nanoseconds patience,
                                               stage_context& context, give_up when);

} // namespace weir::stages
