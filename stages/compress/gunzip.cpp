#include <memory>
#include <utility>

#include "stages/compress/compress_stages.hpp"
#include "stages/compress/decoder.hpp"

namespace weir::stages {
namespace {

class decoder_stage {
 public:
  explicit decoder_stage(compression format) : decoder_(make_decoder(format)) {}

  void start(stage_context& context) { context_ = &context; }
  stage_needs needs() const { return {.blocks = 4, .context_bytes = decoder_->context_bytes()}; }

  step process(inlet<block>& in, outlet<block>& out) {
    block& item = in.front();
    if (item.size() > 0) {
      const step why = decode(item, out);
      if (why != step::more || item.size() > 0) return why;
    }
    in.release(1);
    // What there is goes on before more input is waited for.
    return in.empty() ? push(out) : step::more;
  }

  step finish(outlet<block>& out) {
    if (full()) return push(out);
    const std::uint64_t before = decoder_->produced();
    block nothing;
    const step why = decode(nothing, out);
    if (why != step::more || decoder_->produced() != before) return why;
    decoder_->finish();
    const step last = push(out);
    return last == step::more ? step::done : last;
  }

 private:
  step decode(block& item, outlet<block>& out) {
    if (full()) return push(out);
    if (!filling_) {
      filling_ = context_->blocks().try_take();
      if (!filling_) return step::memory;
      filling_.position(decoder_->produced());
    }
    const auto input = item ? item.bytes() : std::span<std::byte>{};
    const auto made = decoder_->decode(input, filling_.space().subspan(filling_.size()));
    if (item) item.drop_front(made.consumed);
    filling_.resize(filling_.size() + made.produced);
    return full() ? push(out) : step::more;
  }

  bool full() const { return filling_ && filling_.size() == filling_.capacity(); }

  step push(outlet<block>& out) {
    if (filling_.size() == 0) return step::more;
    return out.try_push(std::move(filling_)) ? step::more : step::room;
  }

  std::unique_ptr<decoder> decoder_;
  stage_context* context_ = nullptr;
  block filling_;
};

} // namespace

pipe<block, block> gunzip() {
  return make_stage("gunzip", [] { return decoder_stage(compression::gzip); });
}

pipe<block, block> unzstd() {
  return make_stage("unzstd", [] { return decoder_stage(compression::zstd); });
}

} // namespace weir::stages
