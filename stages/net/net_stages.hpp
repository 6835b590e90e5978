#pragma once
// The network as stages: TCP and Unix sockets, either side of which may connect or listen.

#include <weir/block.hpp>
#include <weir/pipe.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace weir::stages {

/// Where a stage says what is no error of the run: at which address it listens, which connection was given up and why. One
/// line without its end, that begins with the stage's name in the run; called on any thread, by one stage by one thread at a time.
using net_notice = std::function<void(const std::string&)>;

class journal; // stages/journal/journal.hpp

struct net_source_options {
  std::string address;          ///< HOST:PORT, or a path
  bool listen = false;          ///< let others connect, else connect
  bool raw = false;             ///< listening: pass bytes on as they come, one connection after the other
  std::size_t connections = 64; ///< listening: at a time, with a block for each; the others wait
  std::uint64_t once = 0;       ///< listening: end after so many connections; 0: never
  std::chrono::nanoseconds retry{10'000'000'000}; ///< connecting: for how long to try again
  net_notice notice{};                            ///< may be empty
  /// Numbers the connections of the whole run and names them by their peers; null: each stage counts from 1.
  std::shared_ptr<journal> numbers{};
};

/// What comes over connections. Each is a source of its own: block::source() is k_stream_numbers and its number, so that
/// nobody takes it for a file that comes again; positions begin at 0.
/// Connecting: the bytes as they come; a connection that breaks is a server_gone.
/// Listening: whole lines, so that connections at the same time never mix parts of theirs; the last line of one gets its LF.
/// A connection that breaks, or sends a line longer than a block, is closed alone: the lines before it are passed on, the
/// notice says what is not. Where the system has no descriptor or memory for another connection, whoever comes waits until
/// it has, and the notice says so once. A memory limit that has no block for each connection is refused before the run.
/// A full pipeline reads nothing, so the window of TCP closes and the peer waits. A source that ends before its peer does
/// (the run is stopped, nobody wants more) breaks the connection, so that the peer knows; the whole lines that were read are
/// let out when it is stopped, and the notice says how much of an unfinished one was not.
/// Throws std::invalid_argument for an address that is none; std::runtime_error before the run when it cannot listen there;
/// server_gone. Waits on threads that may block.
pipe<void, block> tcp_source(net_source_options options);
pipe<void, block> unix_source(net_source_options options);

struct net_sink_options {
  std::string address;
  bool listen = false;                            ///< let one peer connect, else connect
  std::chrono::nanoseconds retry{10'000'000'000}; ///< connecting: for how long to try again
  net_notice notice{};
};

/// Writes all bytes to one connection, says that this was the end, and waits until the peer has closed too and its system has
/// taken all. So a peer that has taken all and closes well is waited for, however long (one that never closes keeps the run
/// until it is told to stop); one that takes nothing stops the pipeline, and one that is gone is a server_gone: how much it had
/// made use of is not known, so the connection is not made again in the middle. What the peer's system has taken counts as
/// taken: whether the peer reads it, nothing but its own answer could tell.
/// An interrupted run ends its connections well behind what was let out, and does not wait; one that failed or was cancelled
/// breaks them (a Unix socket cannot tell the two from each other). Waits on threads that may block.
pipe<block, void> tcp_sink(net_sink_options options);
pipe<block, void> unix_sink(net_sink_options options);

} // namespace weir::stages
