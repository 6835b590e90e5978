#include "stages/synthetic/generate_source.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>

namespace weir::stages {
namespace {

constexpr std::uint64_t k_no_limit = std::numeric_limits<std::uint64_t>::max();

class generate_source {
 public:
  explicit generate_source(const generate_options& options)
      : options_(options), generator_(options.what), records_left_(options.records.value_or(k_no_limit)),
        bytes_left_(options.bytes.value_or(k_no_limit)) {
    if (options.rate) pace_.emplace(*options.rate);
  }

  void start(stage_context& context) {
    context_ = &context;
    if (options_.bytes) context.total_bytes(*options_.bytes);
  }
  stage_needs needs() const {
    return {.blocks = 2, .context_bytes = record_generator::k_longest_text_record, .takes_rest = true};
  }
  step process(outlet<block>& out);

 private:
  bool text() const { return options_.what.format != record_format::random; }
  record_generator::amount fill(block& made);
  bool over(clock::time_point now);

  generate_options options_;
  record_generator generator_;
  std::optional<pace> pace_;
  stage_context* context_ = nullptr;
  std::uint64_t records_left_;
  std::uint64_t bytes_left_;
  std::uint64_t position_ = 0;
  std::optional<clock::time_point> end_;
};

step generate_source::process(outlet<block>& out) {
  const clock::time_point now = context_->now();
  if (over(now)) return step::done;
  if (pace_ && now < pace_->next()) {
    context_->wake_at(end_ ? std::min(pace_->next(), *end_) : pace_->next());
    return step::time;
  }
  block made = context_->blocks().try_take();
  if (!made) return step::memory;
  const auto [bytes, records] = fill(made);
  made.resize(bytes);
  made.position(position_);
  made.end_position(position_ + bytes);
  made.whole_records(text());
  if (!out.try_push(std::move(made))) return step::done; // there is always room, unless nobody wants more
  position_ += bytes;
  context_->done_bytes(position_);
  bytes_left_ -= std::min<std::uint64_t>(bytes_left_, bytes);
  records_left_ -= records;
  if (pace_) pace_->went(now, bytes, records);
  return step::more;
}

bool generate_source::over(clock::time_point now) {
  if (records_left_ == 0 || bytes_left_ == 0) return true;
  if (!options_.lasting) return false;
  if (!end_) end_ = now + *options_.lasting;
  return now >= *end_;
}

// As much as the limits and the pace allow. A record that is more than that goes alone: as the last one, or
// as one that takes its time.
record_generator::amount generate_source::fill(block& made) {
  const std::span<std::byte> room = made.space();
  auto most = static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), bytes_left_));
  std::uint64_t records = records_left_;
  if (pace_ && pace_->of_records()) records = std::min<std::uint64_t>(records, pace_->piece());
  if (pace_ && !pace_->of_records()) most = std::min(most, pace_->piece());
  record_generator::amount of = generator_.fill(room.first(most), records);
  if (of.bytes == 0) of = generator_.fill(room, 1);
  if (of.bytes == 0)
    throw std::runtime_error("a record does not fit a block of " + std::to_string(room.size()) + " bytes");
  return of;
}

} // namespace

pipe<void, block> generate(generate_options options) {
  (void)generate_source(options); // options that make no sense are told before the run
  return make_stage("generate", [options] { return generate_source(options); });
}

} // namespace weir::stages
