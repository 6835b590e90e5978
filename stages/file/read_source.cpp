#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "stages/compress/decoder.hpp"
#include "stages/file/file_stages.hpp"
#include "stages/file/input_file.hpp"
#include "stages/journal/journal.hpp"

namespace weir::stages {
namespace {

#if WEIR_STAGES_COMPRESS
std::size_t decoder_bytes() {
  // The most of any format; a file's own is known only when it is read.
  return make_decoder(compression::zstd)->context_bytes();
}
#else
compression recognise(std::span<const std::byte>) { return compression::none; }
bool may_be_compressed(std::span<const std::byte>) { return false; }
std::unique_ptr<decoder> make_decoder(compression) { return nullptr; }
std::size_t decoder_bytes() { return 0; }
#endif

constexpr std::size_t k_most_open = 64; ///< regular files beyond these are opened again at their turn

class read_source {
 public:
  explicit read_source(read_options options) : options_(std::move(options)) {}

  void start(stage_context& context);
  stage_needs needs() const {
    return {.blocks = 4, .context_bytes = options_.raw ? 0 : decoder_bytes(), .takes_rest = true};
  }
  step process(outlet<block>& out);

 private:
  void begin_file();
  void resume_at(std::uint64_t begin);
  std::size_t room_in(const block& b) const;
  step advance(outlet<block>& out);
  step pass_on(outlet<block>& out);
  step decode(outlet<block>& out);
  step fill(block& into);
  step skip(outlet<block>& out);
  step push(outlet<block>& out);
  void next_file();
  input_file& file() { return *files_[at_]; }

  read_options options_;
  stage_context* context_ = nullptr;
  std::vector<std::optional<input_file>> files_;
  std::size_t at_ = 0;
  std::uint64_t read_before_ = 0; ///< bytes of the files before this one

  // Of the current file.
  bool begun_ = false;
  std::uint32_t source_ = 0;
  std::uint64_t skip_to_ = 0;       ///< what lies before is dropped
  bool first_line_ = false;         ///< but the first line is still to be passed on
  std::vector<std::uint64_t> cuts_; ///< a block ends at each; the last is the next
  bool recognised_ = false;
  bool ended_ = false;
  std::uint64_t position_ = 0; ///< of the next block
  std::unique_ptr<decoder> decoder_;
  block filling_;
  block compressed_; ///< with a decoder: what it reads, of which `decoded_` bytes are used up
  std::size_t decoded_ = 0;
};

void read_source::start(stage_context& context) {
  context_ = &context;
  std::uint64_t total = 0;
  bool all_known = true;
  for (const std::string& path : options_.paths) {
    std::optional<input_file>& file = files_.emplace_back(std::in_place, path);
    total += file->size_hint().value_or(0);
    all_known = all_known && file->regular();
    if (files_.size() > k_most_open && file->regular()) file.reset();
  }
  if (all_known) context.total_bytes(total);
}

// Inline, one step a call: the engine looks at its budget in between. Where a wait has made a thread change
// necessary, as much as there is room for.
step read_source::process(outlet<block>& out) {
  do {
    if (at_ == files_.size()) return step::done;
    if (!files_[at_]) files_[at_].emplace(options_.paths[at_]);
    if (!begun_) begin_file();
    if (step why = advance(out); why != step::more) return why;
  } while (context_->may_block() && out.room() > 0 && !context_->finishing());
  return step::more;
}

void read_source::begin_file() {
  begun_ = true;
  source_ = static_cast<std::uint32_t>(at_ + 1);
  if (!options_.resume) return;
  source_ = options_.resume->add_source(file().shown(), file().from_front() ? file().number() : -1);
  const std::uint64_t begin = options_.resume->resume_from(source_);
  cuts_ = options_.resume->cuts(source_);
  std::ranges::reverse(cuts_);
  if (options_.resume->done_before(source_)) {
    file().seek(file().size_hint().value_or(0)); // progress counts it
    position_ = begin;
    ended_ = recognised_ = true;
  } else if (begin > 0 || !cuts_.empty()) {
    resume_at(begin);
  }
}

/// What is compressed has to be decoded from its beginning.
void read_source::resume_at(std::uint64_t begin) {
  if (!options_.raw) {
    std::array<std::byte, k_recognise_bytes> first{};
    decoder_ = make_decoder(recognise(std::span(first).first(file().peek(first))));
  }
  recognised_ = true;
  skip_to_ = begin;
  first_line_ = options_.first_line && begin > 0;
  if (decoder_ || first_line_) return;
  file().seek(begin);
  position_ = begin;
}

/// Bytes that may still go into a block: the one that is to begin at position_, or compressed ones.
std::size_t read_source::room_in(const block& b) const {
  std::uint64_t most = b.capacity();
  if (!cuts_.empty() && &b == &filling_) most = std::min(most, cuts_.back() - position_);
  return static_cast<std::size_t>(most) - b.size();
}

step read_source::advance(outlet<block>& out) {
  if (!filling_) filling_ = context_->blocks().try_take();
  if (!filling_) return step::memory;
  return decoder_ ? decode(out) : pass_on(out);
}

step read_source::pass_on(outlet<block>& out) {
  if (room_in(filling_) > 0 && !ended_) {
    out.flush();
    if (step why = fill(filling_); why != step::more) return why;
  }
  if (!recognised_ && !options_.raw) {
    if (!ended_ && may_be_compressed(filling_.bytes())) return step::more;
    decoder_ = make_decoder(recognise(filling_.bytes()));
    recognised_ = true;
    if (decoder_) {
      compressed_ = std::move(filling_);
      return step::more;
    }
  }
  const bool no_line_yet = first_line_ && filling_.text().find('\n') == std::string_view::npos;
  if (no_line_yet && !ended_ && room_in(filling_) > 0) return step::more; // a read may give less than there is
  if (filling_.size() > 0) return push(out);
  if (ended_) next_file();
  return step::more;
}

step read_source::decode(outlet<block>& out) {
  if (!compressed_) { // resumed
    compressed_ = std::move(filling_);
    return step::more;
  }
  const bool used_up = decoded_ == compressed_.size();
  if (used_up && !ended_) {
    // What a pipe has given so far is passed on before more of it is waited for.
    if (filling_.size() > 0 && !file().regular()) return push(out);
    out.flush();
    compressed_.resize(0);
    decoded_ = 0;
    if (step why = fill(compressed_); why != step::more) return why;
  }
  try {
    const std::span<std::byte> room = filling_.space().subspan(filling_.size(), room_in(filling_));
    const auto made = decoder_->decode(compressed_.bytes().subspan(decoded_), room);
    decoded_ += made.consumed;
    filling_.resize(filling_.size() + made.produced);
    if (made.produced == room.size()) return push(out);
    if (!ended_ || decoded_ < compressed_.size()) return step::more;
    decoder_->finish();
  } catch (const corrupt_input& error) { throw std::runtime_error(file().shown() + ": " + error.what()); }
  if (filling_.size() > 0) return push(out);
  next_file();
  return step::more;
}

/// Reads into the free room of a block. `more`: something was read, or the end is reached.
step read_source::fill(block& into) {
  do {
    const std::span<std::byte> room = into.space().subspan(into.size(), room_in(into));
    input_file::result got = file().try_read(room);
    if (got.what == input_file::outcome::would_block) {
      if (!context_->may_block()) return step::blocking;
      if (!file().regular() && !wait_readable(file().number(), context_->stop_descriptor())) return step::done;
      got = file().read(room);
    }
    into.resize(into.size() + got.bytes);
    ended_ = got.what == input_file::outcome::end;
    context_->done_bytes(read_before_ + file().position());
  } while (!ended_ && !file().regular() && room_in(into) > 0 && readable_now(file().number()));
  return step::more;
}

/// Drops what lies before skip_to_.
step read_source::skip(outlet<block>& out) {
  const std::uint64_t end = position_ + filling_.size();
  const std::size_t line = filling_.text().find('\n') + 1;
  if (first_line_ && line == 0 && end < skip_to_)
    throw std::runtime_error(file().shown() + ": the header takes more than a block; give --columns");
  if (first_line_ && line > 0 && line <= skip_to_) {
    block first = filling_.share();
    first.resize(line);
    first.position(0);
    first.end_position(line);
    first.source(source_);
    if (!out.try_push(std::move(first))) return step::room;
  }
  first_line_ = false;
  if (end > skip_to_) {
    filling_.drop_front(skip_to_ - std::exchange(position_, skip_to_));
    return step::more;
  }
  filling_.reset();
  position_ = end;
  if (decoder_) return step::more;
  file().seek(skip_to_);
  position_ = skip_to_;
  return step::more;
}

step read_source::push(outlet<block>& out) {
  if (position_ < skip_to_) {
    if (step why = skip(out); why != step::more || filling_.size() == 0) return why;
  }
  const std::uint64_t end = position_ + filling_.size();
  filling_.position(position_);
  filling_.end_position(end);
  filling_.source(source_);
  if (!out.try_push(std::move(filling_))) return step::room;
  if (options_.resume) options_.resume->passed_on(source_, end);
  position_ = end;
  while (!cuts_.empty() && cuts_.back() <= position_) cuts_.pop_back();
  return step::more;
}

void read_source::next_file() {
  if (position_ < skip_to_)
    throw std::runtime_error(file().shown() + ": it ends at byte " + std::to_string(position_) + ", before byte " +
                             std::to_string(skip_to_) + " where it was to be gone on with");
  if (options_.resume) options_.resume->ended(source_, position_);
  read_before_ += file().position();
  files_[at_++].reset();
  begun_ = recognised_ = ended_ = false;
  position_ = skip_to_ = 0;
  cuts_.clear();
  decoder_.reset();
  compressed_.reset();
  decoded_ = 0;
}

} // namespace

pipe<void, block> read(read_options options) {
  return make_stage("read", [options = std::move(options)] { return read_source(options); });
}

} // namespace weir::stages
