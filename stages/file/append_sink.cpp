// write --append: the end of a file grows. Its positions are given out every `keep_every` or 64 MiB, at the end, and when the run is
// told to stop, with `fsync` behind the data on the disk; a run that was killed repeats at most what stands behind.

#include "stages/file/append_sink.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "stages/file/append_file.hpp"
#include "stages/journal/journal.hpp"

namespace weir::stages {
namespace {

constexpr std::uint64_t k_most_loose_bytes = std::uint64_t{64} << 20;

class append_sink {
 public:
  explicit append_sink(write_options options) : options_(std::move(options)) {}

  void start(stage_context& context) {
    context_ = &context;
    file_.emplace(options_.path);
    if (!options_.positions) return;
    id_ = options_.positions->add_sink(context.name());
    if (const std::optional<std::uint64_t> known = options_.positions->marked(id_)) tell_of_tail(*known);
    make_durable(); // From here on it is known what this run adds.
  }

  step process(inlet<block>& in) {
    if (!context_->may_block()) return step::blocking;
    for (; !in.empty(); in.release(1)) {
      if (context_->cancelled()) return step::done;
      take(in.front());
      if (due() <= context_->now()) make_durable();
    }
    return step::more;
  }

  step idle() {
    if (!loose_since_) return step::input;
    if (due() > context_->now()) {
      context_->wake_by(due());
      return step::input;
    }
    if (!context_->may_block()) return step::blocking;
    make_durable();
    return step::input;
  }

  step finish() {
    if (!context_->may_block()) return step::blocking;
    if (options_.positions) {
      if (!context_->interrupted()) options_.positions->took_all(id_);
      make_durable();
    } else if (options_.fsync) {
      file_->make_durable();
    }
    return step::done;
  }

 private:
  void take(const block& item) {
    journal* const kept = options_.positions.get();
    if (kept != nullptr && kept->has(id_, item.source(), item.end_position())) return;
    if (!std::exchange(begun_, true) && item.whole_records() && file_->ends_in_a_line())
      file_->write(std::as_bytes(std::span("\n", 1))); // the last record of an earlier run had none
    file_->write(item.bytes());
    if (kept == nullptr) return;
    kept->took(id_, item.source(), item.end_position(), 0);
    loose_bytes_ += item.size();
    if (!loose_since_) loose_since_ = context_->now();
  }

  clock::time_point due() const {
    if (!loose_since_) return clock::time_point::max();
    return loose_bytes_ >= k_most_loose_bytes ? clock::time_point::min() : *loose_since_ + options_.keep_every;
  }

  void make_durable() {
    (void)options_.positions->positions(id_);
    if (options_.fsync) file_->make_durable();
    options_.positions->mark(id_, file_->size());
    options_.positions->durable(id_);
    loose_since_.reset();
    loose_bytes_ = 0;
  }

  void tell_of_tail(std::uint64_t durable) {
    const std::uint64_t size = file_->size();
    if (size < durable) {
      options_.positions->notice(file_->shown() + " has " + std::to_string(size) + " bytes, of " +
                                 std::to_string(durable) + " that were durable: what is gone is not written again");
      return;
    }
    const append_file::tail tail = file_->mend_behind(durable);
    if (tail.lines > 0)
      options_.positions->notice(file_->shown() + ": " + std::to_string(tail.lines) +
                                 " records behind the last checkpoint may be written again");
  }

  write_options options_;
  stage_context* context_ = nullptr;
  std::optional<append_file> file_;
  bool begun_ = false; ///< something was written
  journal::sink_id id_ = 0;
  std::uint64_t loose_bytes_ = 0; ///< written, not durable
  std::optional<clock::time_point> loose_since_;
};

} // namespace

pipe<block, void> append(write_options options) {
  return make_stage("write", [options = std::move(options)] { return append_sink(options); });
}

} // namespace weir::stages
