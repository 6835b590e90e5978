#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "stages/file/io_error.hpp"
#include "stages/net/meeting.hpp"
#include "stages/net/net_stages.hpp"

namespace weir::stages {
namespace {

/// Between two looks at how much a peer that has ended has taken, and how long it may take nothing.
constexpr std::chrono::milliseconds k_look_again{10};
constexpr std::chrono::seconds k_stuck{30};

class net_sink {
 public:
  net_sink(net_address address, net_sink_options options)
      : address_(std::move(address)), options_(std::move(options)) {}
  net_sink(net_sink&&) = default;
  net_sink& operator=(net_sink&&) = delete;
  ~net_sink() {
    if (socket_ && !complete_) socket_->reset();
  }

  void start(stage_context& context);
  step process(inlet<block>& in);
  step finish();

 private:
  step meet(give_up when);
  std::optional<stream_socket> let_in(give_up when);
  step await_close();
  bool await_taken();

  net_address address_;
  net_sink_options options_;
  stage_context* context_ = nullptr;
  std::optional<listening_socket> listener_;
  std::optional<stream_socket> socket_;
  std::size_t written_ = 0; ///< of the block at the inlet
  bool ended_ = false;      ///< the peer was told that no more will come
  bool complete_ = false;
  waiting waits_;
};

void net_sink::start(stage_context& context) {
  context_ = &context;
  if (!options_.listen) return;
  listener_.emplace(address_);
  if (options_.notice) options_.notice(context.name() + ": listening on " + listener_->shown());
}

// What the system takes at once is written by the compute thread at hand, one block a call; a peer that is not ready is
// waited for on a thread that may block. So is one that has not come, also while the run is let out: what is in flow may still
// reach it.
step net_sink::process(inlet<block>& in) {
  if (!socket_) {
    if (const step why = meet(give_up::when_cancelled); why != step::more) return why;
  }
  for (bool released = false; !in.empty();) {
    const auto bytes = in.front().bytes().subspan(written_);
    const std::size_t taken = bytes.empty() ? 0 : socket_->try_write(bytes);
    written_ += taken;
    if (taken == bytes.size()) {
      in.release(1);
      written_ = 0;
      released = true;
      if (!context_->may_block()) return step::more;
    } else if (taken == 0) {
      // What was released is published before a wait.
      if (released || !context_->may_block()) return step::blocking;
      waits_.clear();
      waits_.writable(socket_->number());
      if (!wait_for(waits_, *context_, give_up::when_cancelled)) return step::done;
    }
  }
  return step::input;
}

step net_sink::meet(give_up when) {
  if (!context_->may_block()) return step::blocking;
  socket_ = options_.listen ? let_in(when) : connect_patiently(address_, options_.retry, *context_, when);
  return socket_ ? step::more : step::done;
}

/// One peer; the next is not let wait for nothing.
std::optional<stream_socket> net_sink::let_in(give_up when) {
  std::optional<stream_socket> peer;
  while (!peer) {
    waits_.clear();
    waits_.readable(listener_->number());
    if (!wait_for(waits_, *context_, when)) return {};
    peer = listener_->try_accept();
  }
  listener_.reset();
  return peer;
}

// An interrupted run does not wait for a peer that does not close, nor for one that only the end is to be told.
step net_sink::finish() {
  if (!context_->may_block()) return step::blocking;
  if (!socket_) {
    if (context_->interrupted()) return step::done;
    if (const step why = meet(give_up::when_interrupted); why != step::more) return why;
  }
  if (context_->cancelled()) return step::done; // the source's failure is no end: the peer is not to be told of one
  if (!std::exchange(ended_, true)) socket_->end_output();
  return await_close();
}

step net_sink::await_close() {
  std::array<std::byte, 4096> unwanted;
  for (;;) {
    if (context_->interrupted()) break;
    const auto got = socket_->try_read(unwanted);
    if (got.what == stream_socket::outcome::end) {
      if (!await_taken()) return step::done;
      break;
    }
    if (got.what == stream_socket::outcome::bytes) continue;
    waits_.clear();
    waits_.readable(socket_->number());
    if (!wait_for(waits_, *context_, give_up::when_interrupted) && context_->cancelled()) return step::done;
  }
  complete_ = true;
  return step::done;
}

/// A peer may say that it sends no more, or close, before it has taken all. What answers our bytes then comes later. False:
/// cancelled. Nothing that poll() could wait for tells when all is taken.
bool net_sink::await_taken() {
  std::size_t left = socket_->untaken();
  clock::time_point moved = clock::now();
  while (left > 0 && !context_->interrupted()) {
    socket_->check();
    (void)pause_for(k_look_again, *context_, give_up::when_interrupted);
    const clock::time_point now = clock::now();
    const std::size_t before = std::exchange(left, socket_->untaken());
    if (left < before) moved = now;
    if (now - moved > k_stuck)
      throw server_gone(socket_->peer(), "it has ended and does not take the last " + std::to_string(left) + " bytes");
  }
  if (!context_->interrupted()) socket_->check();
  return !context_->cancelled();
}

pipe<block, void> sink(std::string name, net_address address, net_sink_options options) {
  return make_stage(std::move(name), [address = std::move(address), options = std::move(options)] {
    return net_sink(address, options);
  });
}

} // namespace

pipe<block, void> tcp_sink(net_sink_options options) {
  net_address address = tcp_address(options.address, options.listen);
  return sink("tcp", std::move(address), std::move(options));
}

pipe<block, void> unix_sink(net_sink_options options) {
  net_address address = unix_address(options.address);
  return sink("unix", std::move(address), std::move(options));
}

} // namespace weir::stages
