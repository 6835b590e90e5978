#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "stages/file/io_error.hpp"
#include "stages/journal/journal.hpp"
#include "stages/net/meeting.hpp"
#include "stages/net/net_stages.hpp"
#include "stages/net/peer_input.hpp"

namespace weir::stages {
namespace {

/// Blocks beside those in which every connection holds the beginning of a line: on their way, and one to read into.
constexpr std::size_t k_blocks_on_their_way = 4;
/// More than any process may have open.
constexpr std::size_t k_most_connections = 1'000'000;
constexpr std::chrono::milliseconds k_wait_for_room{1000};

class net_source {
 public:
  net_source(net_address address, net_source_options options)
      : address_(std::move(address)), options_(std::move(options)) {}
  net_source(net_source&&) = default;
  net_source& operator=(net_source&&) = delete;
  ~net_source() {
    for (peer_input& each : peers_) each.reset();
  }

  void start(stage_context& context);
  stage_needs needs() const {
    const bool hold_lines = options_.listen && !options_.raw;
    return {.blocks = k_blocks_on_their_way + (hold_lines ? options_.connections : 0), .takes_rest = true};
  }
  step process(outlet<block>& out);
  /// Asked to finish, it lets out the lines that it has read, and tells what it has not.
  bool holds_items() const noexcept { return !peers_.empty(); }

 private:
  bool accepts() const {
    return listener_ && !closed_until_ && peers_.size() < (options_.raw ? 1 : options_.connections);
  }
  std::optional<std::chrono::milliseconds> pause();
  step connect();
  step look(outlet<block>& out);
  void let_in();
  void meet(stream_socket socket, peer_input::framing how);
  step serve(peer_input& peer, outlet<block>& out);
  step pass_on(peer_input& peer, outlet<block>& out);
  step let_out(outlet<block>& out);
  void take_leave(std::size_t which);
  void tell(const std::string& what) const {
    if (options_.notice) options_.notice(context_->name() + ": " + what);
  }

  net_address address_;
  net_source_options options_;
  stage_context* context_ = nullptr;
  std::optional<listening_socket> listener_;
  std::uint64_t met_ = 0;
  std::optional<clock::time_point> closed_until_; ///< the system has no room for another connection
  bool told_of_no_room_ = false;
  std::vector<peer_input> peers_;
  std::size_t turn_ = 0; ///< whose it is; behind the last: look around
  waiting waits_;
};

void net_source::start(stage_context& context) {
  context_ = &context;
  if (!options_.listen) return;
  (void)context.stop_descriptor(); // now: peers may take all other descriptors before it is asked for
  listener_.emplace(address_);
  tell("listening on " + listener_->shown());
}

// One connection a call, in turn; between two rounds a look at who has something to say. On a thread that may block, as
// much as there is room for.
step net_source::process(outlet<block>& out) {
  if (context_->finishing()) return let_out(out);
  do {
    if (!options_.listen && met_ == 0) {
      if (const step why = connect(); why != step::more) return why;
    }
    if (peers_.empty() && !listener_) return step::done;
    const step why = turn_ < peers_.size() ? serve(peers_[turn_], out) : look(out);
    if (why != step::more) return why;
  } while (context_->may_block() && out.room() > 0 && !context_->finishing());
  return step::more;
}

step net_source::connect() {
  if (!context_->may_block()) return step::blocking;
  std::optional<stream_socket> socket = connect_patiently(address_, options_.retry, *context_, give_up::when_told);
  if (!socket) return step::done;
  meet(std::move(*socket), peer_input::framing::bytes);
  return step::more;
}

void net_source::meet(stream_socket socket, peer_input::framing how) {
  ++met_;
  const std::uint32_t number = options_.numbers
                                   ? options_.numbers->add_stream(socket.peer())
                                   : k_stream_numbers + static_cast<std::uint32_t>(met_ % k_stream_numbers);
  peers_.emplace_back(std::move(socket), number, how);
}

/// How long nobody is let in yet.
std::optional<std::chrono::milliseconds> net_source::pause() {
  if (!closed_until_) return {};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*closed_until_ - context_->now());
  if (left.count() > 0) return left;
  closed_until_.reset();
  return {};
}

/// Finds out who can be read and lets in who waits; waits for that itself when nobody can be read.
step net_source::look(outlet<block>& out) {
  const bool someone = std::ranges::any_of(peers_, &peer_input::is_ready);
  const bool all = std::ranges::all_of(peers_, &peer_input::is_ready);
  turn_ = 0;
  const std::optional<std::chrono::milliseconds> closed = pause();
  if (someone && all && !accepts()) return step::more;
  waits_.clear();
  for (const peer_input& each : peers_) waits_.readable(each.socket().number());
  if (accepts()) waits_.readable(listener_->number());
  const std::size_t before = peers_.size();
  const bool may_wait = !someone && context_->may_block();
  if (may_wait) out.flush();
  const waiting::end end =
      may_wait ? waits_.wait(context_->stop_descriptor(), closed) : waits_.wait(-1, std::chrono::milliseconds(0));
  if (end == waiting::end::stopped) return context_->finishing() ? step::more : step::done; // or nobody wants more
  if (end == waiting::end::timeout) {
    turn_ = someone ? 0 : peers_.size();
    return someone || may_wait ? step::more : step::blocking;
  }
  for (std::size_t i = 0; i < before; ++i) peers_[i].ready(waits_.was_ready(i));
  if (accepts() && waits_.was_ready(before)) let_in();
  return step::more;
}

void net_source::let_in() {
  std::optional<stream_socket> socket;
  try {
    socket = listener_->try_accept();
  } catch (const no_room& why) {
    closed_until_ = context_->now() + k_wait_for_room;
    if (!std::exchange(told_of_no_room_, true)) tell(std::string(why.what()) + "; whoever comes waits");
  }
  if (!socket) return;
  told_of_no_room_ = false;
  meet(std::move(*socket), options_.raw ? peer_input::framing::bytes : peer_input::framing::lines);
  if (met_ == options_.once) listener_.reset();
}

step net_source::serve(peer_input& peer, outlet<block>& out) {
  if (peer.is_ready() && peer.needs_block()) {
    block empty = context_->blocks().try_take();
    if (!empty) return step::memory;
    peer.give(std::move(empty));
  }
  if (!peer.needs_block()) peer.read();
  if (const step why = pass_on(peer, out); why != step::more) return why;
  if (peer.over()) {
    take_leave(turn_);
  } else {
    ++turn_;
  }
  return step::more;
}

step net_source::pass_on(peer_input& peer, outlet<block>& out) {
  if (peer.passable() == 0) return step::more;
  block rest;
  if (peer.keeps_rest()) {
    rest = context_->blocks().try_take();
    if (!rest) return step::memory;
  }
  return out.try_push(peer.take(std::move(rest))) ? step::more : step::room; // refused: nobody wants more
}

/// The run takes nothing new: what was read goes on, a connection a call, and each is broken off. There may be no block for
/// unfinished lines any more.
step net_source::let_out(outlet<block>& out) {
  if (peers_.empty()) return step::done;
  peer_input& last = peers_.back();
  const std::size_t unfinished = last.unfinished();
  if (last.passable() > 0 && !out.try_push(last.take({}))) return step::done; // nobody wants more: there was room
  if (unfinished > 0)
    tell(last.socket().peer() + ": " + std::to_string(unfinished) + " bytes of an unfinished line were not passed on");
  if (!last.over()) last.reset();
  peers_.pop_back();
  return step::more;
}

void net_source::take_leave(std::size_t which) {
  const peer_input peer = std::move(peers_[which]);
  peers_.erase(peers_.begin() + static_cast<std::ptrdiff_t>(which));
  closed_until_.reset(); // it leaves room
  if (peer.trouble().empty()) return;
  if (!options_.listen) throw server_gone(peer.socket().peer(), peer.trouble());
  tell(peer.socket().peer() + ": " + peer.trouble());
}

pipe<void, block> source(std::string name, net_address address, net_source_options options) {
  if (options.connections == 0) throw std::invalid_argument("0 connections at a time are none");
  if (options.connections > k_most_connections)
    throw std::invalid_argument("so many connections at a time no system has");
  return make_stage(std::move(name), [address = std::move(address), options = std::move(options)] {
    return net_source(address, options);
  });
}

} // namespace

pipe<void, block> tcp_source(net_source_options options) {
  net_address address = tcp_address(options.address, options.listen);
  return source("tcp", std::move(address), std::move(options));
}

pipe<void, block> unix_source(net_source_options options) {
  net_address address = unix_address(options.address);
  return source("unix", std::move(address), std::move(options));
}

} // namespace weir::stages
