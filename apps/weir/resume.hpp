// What the command says to a run's journal, and what that says to the user.
#pragma once

#include "apps/weir/pipeline_text.hpp"
#include "apps/weir/session.hpp"

#include <chrono>
#include <span>
#include <string>

namespace weir::command {

/// Whether a file that is gone on with has to show its first line again: csv takes its columns from there.
[[nodiscard]] bool needs_first_lines(std::span<const stage_text> pipeline);

/// Tells the journal of the sinks that do not speak to it themselves. Before the run starts.
void announce_sinks(session& of, std::span<const stage_text* const> sinks);

/// The run is over: what is durable is written down. `whole`: it ended by itself. Throws what writing the checkpoint throws.
void keep_positions(session& of, bool whole);

/// "a.log: durable up to byte 10 of 20 read", a line for each source of which something is not durable.
[[nodiscard]] std::string leftovers(const session& of, std::chrono::nanoseconds patience);

} // namespace weir::command
