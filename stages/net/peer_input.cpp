#include "stages/net/peer_input.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "stages/file/io_error.hpp"

namespace weir::stages {

void peer_input::read() {
  while (ready_ && !ended_ && filling_.size() < filling_.capacity()) {
    const std::size_t before = filling_.size();
    stream_socket::result got{stream_socket::outcome::end, 0};
    try {
      got = socket_.try_read(filling_.space().subspan(before));
    } catch (const server_gone& broken) {
      give_up(broken.why());
      break;
    }
    filling_.resize(before + got.bytes);
    ready_ = got.what == stream_socket::outcome::bytes;
    ended_ = got.what == stream_socket::outcome::end;
    const std::size_t found = filling_.text().substr(before).rfind('\n');
    if (found != std::string_view::npos) lines_ = before + found + 1;
  }
  if (filling_.size() == 0) return filling_.reset(); // whoever is silent holds none
  if (framing_ == framing::bytes) return;
  if (ended_) end_line();
  if (lines_ == 0 && filling_.size() == filling_.capacity()) {
    give_up("the line at byte " + std::to_string(position_) + " is longer than a block holds, " +
            std::to_string(filling_.capacity()) + " bytes");
  }
}

/// The last line may have come without its LF.
void peer_input::end_line() {
  if (lines_ == filling_.size() || filling_.size() == filling_.capacity()) return;
  filling_.data()[filling_.size()] = std::byte{'\n'};
  filling_.resize(filling_.size() + 1);
  lines_ = filling_.size();
}

void peer_input::give_up(std::string why) {
  const std::size_t dropped = filling_.size() - passable();
  trouble_ = std::move(why);
  if (dropped > 0) trouble_ += "; " + std::to_string(dropped) + " bytes of an unfinished line were dropped";
  filling_.resize(passable());
  ended_ = true;
  socket_.reset();
}

std::size_t peer_input::passable() const { return framing_ == framing::bytes ? filling_.size() : lines_; }

block peer_input::take(block next) {
  block taken = std::move(filling_);
  const std::size_t size = framing_ == framing::bytes ? taken.size() : lines_;
  if (next) {
    const std::size_t rest = taken.size() - size;
    std::memcpy(next.data(), taken.data() + size, rest);
    next.resize(rest);
  }
  filling_ = std::move(next);
  lines_ = 0;
  taken.resize(size);
  taken.position(position_);
  taken.end_position(position_ + size);
  taken.source(number_);
  taken.whole_records(framing_ == framing::lines);
  position_ += size;
  return taken;
}

} // namespace weir::stages
