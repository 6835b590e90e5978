#pragma once
// peer_input: what one connection has sent and has not been passed on.

#include <weir/block.hpp>

#include <cstdint>
#include <optional>
#include <string>

#include "stages/net/sockets.hpp"

namespace weir::stages {

class peer_input {
 public:
  enum class framing { bytes, lines };

  peer_input(stream_socket socket, std::uint32_t number, framing how)
      : socket_(std::move(socket)), number_(number), framing_(how) {}

  const stream_socket& socket() const { return socket_; }
  /// There may be something to read; set when a wait says so.
  bool is_ready() const { return ready_ && !ended_; }
  void ready(bool yes) { ready_ = yes; }
  /// Nothing more is read, and all of it that could be passed on was taken.
  bool over() const { return ended_ && filling_.size() == 0; }
  /// Why the connection has broken, or was broken off; empty: it ended well, or is not over.
  const std::string& trouble() const { return trouble_; }

  /// A block to read into is needed first.
  bool needs_block() const { return !filling_ && !ended_; }
  void give(block empty) { filling_ = std::move(empty); }
  /// Reads until the block is full, the peer has nothing more now, or it has ended.
  void read();
  /// How many bytes can be passed on: all, or whole lines.
  std::size_t passable() const;
  /// There is more than that, for which take() needs another block.
  bool keeps_rest() const { return passable() < filling_.size(); }
  /// How many bytes wait for the end of their line.
  std::size_t unfinished() const { return filling_.size() - passable(); }
  /// The passable bytes as a block. The rest moves to `next`.
  block take(block next);

  /// Closes so that the peer sees it.
  void reset() noexcept { socket_.reset(); }

 private:
  void end_line();
  void give_up(std::string why);

  stream_socket socket_;
  std::uint32_t number_;
  framing framing_;
  bool ready_ = true;
  bool ended_ = false;
  std::uint64_t position_ = 0; ///< of filling_
  std::size_t lines_ = 0;      ///< bytes of whole lines in filling_
  block filling_;
  std::string trouble_;
};

} // namespace weir::stages
