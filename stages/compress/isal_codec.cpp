#include "stages/compress/isal_codec.hpp"

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <array>

#include "stages/compress/gzip_header.hpp"

namespace weir::stages {
namespace {

/// What ISA-L is given at once: its counters have 32 bits.
constexpr std::size_t k_largest_piece = std::size_t{1} << 30;

/// Room for 64 Ki tokens: a deflate block ends when they are used up. On access logs 16 Ki tokens cost 0.1 %
/// in size and 1 % in speed, 128 Ki change nothing.
constexpr std::size_t k_level_buffer = std::max({ISAL_DEF_LVL1_LARGE, ISAL_DEF_LVL2_LARGE, ISAL_DEF_LVL3_LARGE});

std::uint8_t* writable(const std::byte* bytes) {
  return reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(bytes)); // ISA-L's next_in lacks a const
}

std::string_view inflate_fault(int code) {
  switch (code) {
  case ISAL_INVALID_BLOCK:
    return "invalid deflate block";
  case ISAL_INVALID_SYMBOL:
    return "invalid deflate symbol";
  case ISAL_INVALID_LOOKBACK:
    return "invalid deflate distance";
  case ISAL_INCORRECT_CHECKSUM:
    return "checksum or length of the data does not match";
  default:
    return "invalid deflate data";
  }
}

} // namespace

struct isal_encoder::context {
  isal_zstream stream;
  std::array<std::uint8_t, k_level_buffer> level_buffer;
  unsigned level;
};

isal_encoder::isal_encoder(int level) : context_(std::make_unique<context>()) {
  context_->level = static_cast<unsigned>(level);
}

isal_encoder::~isal_encoder() = default;
isal_encoder::isal_encoder(isal_encoder&&) noexcept = default;
isal_encoder& isal_encoder::operator=(isal_encoder&&) noexcept = default;

std::size_t isal_encoder::encode(std::span<const std::byte> in, std::span<std::byte> out) {
  if (in.size() > k_largest_piece) return 0;
  isal_zstream& stream = context_->stream;
  isal_deflate_stateless_init(&stream);
  stream.level = context_->level;
  stream.level_buf = context_->level_buffer.data();
  stream.level_buf_size = static_cast<std::uint32_t>(context_->level_buffer.size());
  stream.gzip_flag = IGZIP_GZIP;
  stream.end_of_stream = 1;
  stream.next_in = writable(in.data());
  stream.avail_in = static_cast<std::uint32_t>(in.size());
  stream.next_out = writable(out.data());
  stream.avail_out = static_cast<std::uint32_t>(std::min(out.size(), 2 * k_largest_piece));
  return isal_deflate_stateless(&stream) == COMP_OK ? stream.total_out : 0;
}

std::size_t isal_encoder::context_bytes() const { return sizeof(context); }

namespace {

class gzip_decoder final : public decoder {
 public:
  gzip_decoder() : decoder("gzip") {}

  bool between_members() const override { return at_ == part::padding || (at_ == part::header && header_.untouched()); }
  std::size_t context_bytes() const override { return sizeof(*this); }

 private:
  enum class part : std::uint8_t { header, body, padding };

  progress advance(std::span<const std::byte> in, std::span<std::byte> out, std::string& fault) override;
  std::size_t read_header(std::span<const std::byte> in, std::string& fault);
  std::size_t skip_padding(std::span<const std::byte> in, std::string& fault);
  progress inflate(std::span<const std::byte> in, std::span<std::byte> out, std::string& fault);

  part at_ = part::header;
  bool first_member_ = true;
  gzip_header_reader header_;
  inflate_state state_{};
};

decoder::progress gzip_decoder::advance(std::span<const std::byte> in, std::span<std::byte> out, std::string& fault) {
  progress made;
  while (fault.empty()) {
    std::span<const std::byte> rest = in.subspan(made.consumed);
    std::span<std::byte> room = out.subspan(made.produced);
    progress step;
    switch (at_) {
    case part::header:
      step.consumed = read_header(rest, fault);
      break;
    case part::padding:
      step.consumed = skip_padding(rest, fault);
      break;
    case part::body:
      step = inflate(rest, room, fault);
      break;
    }
    made.consumed += step.consumed;
    made.produced += step.produced;
    if (step.consumed == 0 && step.produced == 0) break;
  }
  return made;
}

std::size_t gzip_decoder::read_header(std::span<const std::byte> in, std::string& fault) {
  if (in.empty()) return 0;
  if (!first_member_ && header_.untouched() && in[0] != std::byte{0x1f}) {
    at_ = part::padding;
    return skip_padding(in, fault);
  }
  std::size_t taken = header_.feed(in);
  fault = header_.fault();
  if (!header_.complete() || !fault.empty()) return taken;
  isal_inflate_init(&state_);
  state_.crc_flag = ISAL_GZIP_NO_HDR_VER;
  at_ = part::body;
  return taken;
}

/// Tapes and some archivers fill the last block with zeros; gzip accepts that and nothing else.
std::size_t gzip_decoder::skip_padding(std::span<const std::byte> in, std::string& fault) {
  auto other = std::find_if(in.begin(), in.end(), [](std::byte b) { return b != std::byte{0}; });
  if (other != in.end()) fault = "bytes that are no gzip member after the last one";
  return static_cast<std::size_t>(other - in.begin());
}

decoder::progress gzip_decoder::inflate(std::span<const std::byte> in, std::span<std::byte> out, std::string& fault) {
  std::size_t in_size = std::min(in.size(), k_largest_piece);
  std::size_t out_size = std::min(out.size(), k_largest_piece);
  state_.next_in = writable(in.data());
  state_.avail_in = static_cast<std::uint32_t>(in_size);
  state_.next_out = writable(out.data());
  state_.avail_out = static_cast<std::uint32_t>(out_size);
  int result = isal_inflate(&state_);
  // At a fault ISA-L may have counted more bytes than there are: avail_in is then below zero, as an unsigned number.
  if (result < 0 && state_.avail_in > in_size) state_.avail_in = 0;
  progress made{in_size - state_.avail_in, out_size - state_.avail_out};
  if (result < 0) fault = inflate_fault(result);
  if (result < 0 || state_.block_state != ISAL_BLOCK_FINISH) return made;
  header_.reset();
  first_member_ = false;
  at_ = part::header;
  return made;
}

} // namespace

std::unique_ptr<decoder> make_gzip_decoder() { return std::make_unique<gzip_decoder>(); }

} // namespace weir::stages
