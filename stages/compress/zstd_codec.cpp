#include "stages/compress/zstd_codec.hpp"

// The size estimates and contexts in memory of our own are in this part of the interface.
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <array>
#include <bit>
#include <new>
#include <stdexcept>
#include <string>

namespace weir::stages {

// The context lies in memory of our own: zstd would otherwise shrink and grow it as inputs vary.
struct zstd_encoder::context {
  std::unique_ptr<std::max_align_t[]> memory;
  std::size_t bytes = 0;
  ZSTD_CCtx* encoder = nullptr;
};

namespace {

/// The level's tables for large inputs, cut down to ours. zstd's own choice for inputs of 256 KiB is slower
/// and worse on access logs: level 1 gives 477 MB/s at 7.33 instead of 547 at 7.39, level 3 392 at 6.93
/// instead of 466 at 7.20, level 12 19 at 8.58 instead of 63 at 8.82. The window stays the level's own: it costs no memory
/// where input and output are whole, and larger blocks are worth having then.
ZSTD_compressionParameters tables_for(int level, std::size_t usual_input) {
  const ZSTD_compressionParameters own = ZSTD_getCParams(level, ZSTD_CONTENTSIZE_UNKNOWN, 0);
  ZSTD_compressionParameters tables = ZSTD_adjustCParams(own, usual_input, 0);
  tables.windowLog = own.windowLog;
  return tables;
}

} // namespace

zstd_encoder::zstd_encoder(int level, std::size_t usual_input) : context_(std::make_unique<context>()) {
  if (level < 1 || level > 19)
    throw std::invalid_argument("zstd: level " + std::to_string(level) + " is not between 1 and 19");
  ZSTD_compressionParameters tables = tables_for(level, usual_input);
  context_->bytes = ZSTD_estimateCCtxSize_usingCParams(tables);
  context_->memory.reset(new std::max_align_t[context_->bytes / sizeof(std::max_align_t) + 1]);
  context_->encoder = ZSTD_initStaticCCtx(context_->memory.get(), context_->bytes);
  if (context_->encoder == nullptr) throw std::bad_alloc();
  auto set = [this](ZSTD_cParameter parameter, unsigned value) {
    if (ZSTD_isError(ZSTD_CCtx_setParameter(context_->encoder, parameter, static_cast<int>(value))) != 0)
      throw std::bad_alloc();
  };
  set(ZSTD_c_windowLog, tables.windowLog);
  set(ZSTD_c_chainLog, tables.chainLog);
  set(ZSTD_c_hashLog, tables.hashLog);
  set(ZSTD_c_searchLog, tables.searchLog);
  set(ZSTD_c_minMatch, tables.minMatch);
  set(ZSTD_c_targetLength, tables.targetLength);
  set(ZSTD_c_strategy, tables.strategy);
  set(ZSTD_c_checksumFlag, 1);
  set(ZSTD_c_contentSizeFlag, 1); // not the default in memory of one's own
}

zstd_encoder::~zstd_encoder() = default;
zstd_encoder::zstd_encoder(zstd_encoder&&) noexcept = default;
zstd_encoder& zstd_encoder::operator=(zstd_encoder&&) noexcept = default;

std::size_t zstd_encoder::bound(std::size_t n) { return ZSTD_compressBound(n); }

std::size_t zstd_encoder::encode(std::span<const std::byte> in, std::span<std::byte> out) {
  std::size_t size = ZSTD_compress2(context_->encoder, out.data(), out.size(), in.data(), in.size());
  if (ZSTD_isError(size) != 0)
    throw std::length_error("zstd: " + std::to_string(in.size()) + " bytes into " + std::to_string(out.size()) + ": " +
                            ZSTD_getErrorName(size));
  return size;
}

std::size_t zstd_encoder::context_bytes() const { return context_->bytes + sizeof(context); }

namespace {

class zstd_decoder final : public decoder {
 public:
  explicit zstd_decoder(std::size_t window_limit)
      : decoder("zstd"), window_log_(std::clamp(static_cast<int>(std::bit_width(window_limit)) - 1, 10, 31)),
        context_(ZSTD_createDCtx()) {
    if (context_ == nullptr) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, window_log_);
  }
  ~zstd_decoder() override { ZSTD_freeDCtx(context_); }

  bool between_members() const override { return between_frames_; }
  std::size_t context_bytes() const override {
    return sizeof(*this) + ZSTD_estimateDStreamSize(std::size_t{1} << window_log_);
  }

 private:
  progress advance(std::span<const std::byte> in, std::span<std::byte> out, std::string& fault) override;
  void remember_header(std::span<const std::byte> in);
  std::string describe(std::size_t error) const;

  int window_log_;
  ZSTD_DCtx* context_;
  bool between_frames_ = true;
  bool first_frame_ = true;
  std::array<std::byte, ZSTD_FRAMEHEADERSIZE_MAX> header_{}; ///< the current frame's first bytes, for messages
  std::size_t header_size_ = 0;
};

decoder::progress zstd_decoder::advance(std::span<const std::byte> in, std::span<std::byte> out, std::string& fault) {
  ZSTD_inBuffer source{in.data(), in.size(), 0};
  ZSTD_outBuffer target{out.data(), out.size(), 0};
  for (;;) {
    if (between_frames_ && source.pos == source.size) break;
    std::size_t consumed_before = source.pos;
    std::size_t produced_before = target.pos;
    if (between_frames_) header_size_ = 0;
    remember_header(in.subspan(source.pos));
    std::size_t hint = ZSTD_decompressStream(context_, &target, &source);
    if (ZSTD_isError(hint) != 0) {
      if (in.empty() && target.pos == 0)
        break; // To libzstd many calls without input are an error; the data are not at fault.
      fault = describe(hint);
      if (between_frames_) source.pos = consumed_before; // what is no frame at all is at fault from its first byte
      break;
    }
    between_frames_ = hint == 0;
    if (between_frames_) first_frame_ = false;
    if (source.pos == consumed_before && target.pos == produced_before) break;
    if (!between_frames_ && (source.pos == source.size || target.pos == target.size)) break;
  }
  return {source.pos, target.pos};
}

void zstd_decoder::remember_header(std::span<const std::byte> in) {
  std::size_t more = std::min(in.size(), header_.size() - header_size_);
  std::copy_n(in.begin(), more, header_.begin() + static_cast<std::ptrdiff_t>(header_size_));
  header_size_ += more;
}

std::string zstd_decoder::describe(std::size_t error) const {
  switch (ZSTD_getErrorCode(error)) {
  case ZSTD_error_frameParameter_windowTooLarge: {
    ZSTD_frameHeader frame{};
    std::string text("this frame needs a window of ");
    if (ZSTD_getFrameHeader(&frame, header_.data(), header_size_) == 0)
      text += std::to_string((frame.windowSize + 0xfffff) >> 20) + " MiB, ";
    return text + "more than the limit of " + std::to_string((std::size_t{1} << window_log_) >> 20) + " MiB";
  }
  case ZSTD_error_prefix_unknown:
    return first_frame_ ? "not a zstd frame" : "bytes that are no zstd frame after the last one";
  case ZSTD_error_checksum_wrong:
    return "checksum of the data does not match";
  default:
    return ZSTD_getErrorName(error);
  }
}

} // namespace

std::unique_ptr<decoder> make_zstd_decoder(std::size_t window_limit) {
  return std::make_unique<zstd_decoder>(window_limit);
}

} // namespace weir::stages
