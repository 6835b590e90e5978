// The decoders of gzip and zstd against zlib and libzstd, which get the whole input at once: same bytes, or both refuse;
// before a fault both have the same bytes, as far as they go. What the encoders make comes back, and cut short it is refused.

#include "stages/compress/decoder.hpp"
#include "stages/compress/isal_codec.hpp"
#include "stages/compress/libdeflate_codec.hpp"
#include "stages/compress/zstd_codec.hpp"
#include "tests/fuzz/fuzz_target.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <random>
#include <vector>

namespace {

using namespace weir::stages;
using weir::fuzz::found;
using weir::fuzz::must;

constexpr std::size_t k_most = std::size_t{1} << 18; // of output; a few bytes can stand for much more

struct decoded {
  std::string text;
  bool refused = false;
  bool cut = false; // at k_most
  std::string why;
};

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
std::span<std::byte> space_of(std::string& text) { return std::as_writable_bytes(std::span(text.data(), text.size())); }

/// Input and output in random pieces of up to `longest` bytes.
decoded by_weir(compression format, std::string_view packed, std::uint64_t seed, std::size_t longest) {
  decoded result;
  std::mt19937_64 random(seed);
  const auto decoder = make_decoder(format);
  std::string out;
  const std::size_t whole = packed.size();
  bool at_end = false;
  bool stopped = false;
  try {
    for (;;) {
      const std::size_t piece = std::min<std::size_t>(packed.size(), random() % (longest + 1));
      out.resize(1 + random() % longest);
      const auto made = decoder->decode(bytes_of(packed.substr(0, piece)), space_of(out));
      must(made.consumed <= piece && made.produced <= out.size(), "more taken or given than there is");
      must(!stopped, "stopped with input left and room for output, and then went on");
      stopped = made.consumed < piece && made.produced < out.size(); // so a fault is next
      packed.remove_prefix(made.consumed);
      result.text.append(out, 0, made.produced);
      must(result.text.size() == decoder->produced(), "a wrong count of what was produced");
      if (result.text.size() > std::min(k_most, 4096 * longest)) {
        result.cut = true;
        return result;
      }
      if (packed.empty() && made.produced < out.size()) { break; }
    }
    at_end = true;
    decoder->finish();
  } catch (const corrupt_input& error) {
    result.refused = true;
    result.why = error.what();
    must(error.recovered() == result.text.size(), "a fault that counts other bytes than came out");
    must(error.offset() <= whole, "a fault behind the end of the input");
    try {
      (void)decoder->decode({}, space_of(out));
      must(at_end, "a decoder that goes on after a fault");
    } catch (const corrupt_input&) {}
  }
  return result;
}

/// zlib's inflate over all members; behind the last one only zeros.
decoded by_zlib(std::string_view packed) {
  decoded result;
  std::string out(65536, '\0');
  bool first = true;
  while (!packed.empty()) {
    if (!first && packed.find_first_not_of('\0') == packed.npos) { return result; }
    first = false;
    z_stream z{};
    must(inflateInit2(&z, 16 + MAX_WBITS) == Z_OK, "no memory");
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    z.avail_in = static_cast<uInt>(packed.size());
    int status = Z_OK;
    while (status == Z_OK && result.text.size() <= k_most) {
      z.next_out = reinterpret_cast<Bytef*>(out.data());
      z.avail_out = static_cast<uInt>(out.size());
      status = inflate(&z, Z_NO_FLUSH);
      result.text.append(out, 0, out.size() - z.avail_out);
    }
    result.why = z.msg == nullptr ? "zlib says " + std::to_string(status) : z.msg;
    packed.remove_prefix(packed.size() - z.avail_in);
    inflateEnd(&z);
    result.cut = status == Z_OK;
    result.refused = status != Z_OK && status != Z_STREAM_END;
    if (status != Z_STREAM_END) { return result; }
  }
  return result;
}

decoded by_libzstd(std::string_view packed) {
  decoded result;
  ZSTD_DCtx* const z = ZSTD_createDCtx();
  ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, 23); // k_default_window
  std::string out(65536, '\0');
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  std::size_t left = 0;
  for (;;) {
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    left = ZSTD_decompressStream(z, &to, &in);
    result.text.append(out, 0, to.pos);
    if (ZSTD_isError(left) || (in.pos == in.size && to.pos < out.size()) || result.text.size() > k_most) { break; }
  }
  result.cut = result.text.size() > k_most && !ZSTD_isError(left);
  result.refused = !result.cut && !packed.empty() && left != 0;
  if (result.refused) { result.why = ZSTD_isError(left) ? ZSTD_getErrorName(left) : "ends too early"; }
  ZSTD_freeDCtx(z);
  return result;
}

void compare(const decoded& ours, const decoded& theirs) {
  const std::size_t common = std::min(ours.text.size(), theirs.text.size());
  if (ours.text.compare(0, common, theirs.text, 0, common) != 0) { found("other bytes"); }
  if (ours.cut || theirs.cut) { return; }
  if (ours.refused != theirs.refused) {
    found(ours.refused ? "refused: " + ours.why : "taken, though the reference refuses: " + theirs.why);
  }
  must(ours.refused || ours.text.size() == theirs.text.size(), "another length");
}

struct packed_text {
  std::string bytes;
  std::vector<std::size_t> ends; // of members or frames
  std::vector<std::size_t> held; // … and how much text they stand for so far
};

/// The encoders are made once: their tables take longer to make than an input takes to encode.
std::size_t encode(compression format, std::uint64_t dice, std::span<const std::byte> in, std::span<std::byte> out) {
  static zstd_encoder zstd[] = {zstd_encoder(1, 4096), zstd_encoder(3, 4096)};
  static isal_encoder isal[] = {isal_encoder(1), isal_encoder(3)};
  static libdeflate_encoder deflate[] = {libdeflate_encoder(1), libdeflate_encoder(9)};
  const std::size_t which = dice / 2 % 2;
  if (format == compression::zstd) { return zstd[which].encode(in, out); }
  return dice % 2 == 0 ? isal[which].encode(in, out) : deflate[which].encode(in, out);
}

/// The text in random pieces, each a member or frame of its own, by whichever encoder.
packed_text packed(compression format, std::string_view text, std::uint64_t seed, std::size_t longest) {
  packed_text result;
  std::mt19937_64 random(seed);
  std::size_t done = 0;
  do {
    const std::size_t piece = std::min<std::size_t>(text.size() - done, 1 + random() % longest);
    std::string out(piece + piece / 8 + 512, '\0');
    const std::size_t n = encode(format, random(), bytes_of(text.substr(done, piece)), space_of(out));
    must(n > 0, "an encoder that has not enough room");
    done += piece;
    result.bytes.append(out, 0, n);
    result.ends.push_back(result.bytes.size());
    result.held.push_back(done);
  } while (done < text.size());
  return result;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  weir::fuzz::choices from(data, size);
  const unsigned what = from.below(4);
  const compression format = from.below(2) == 0 ? compression::gzip : compression::zstd;
  const std::uint64_t seed = from.byte();
  const std::size_t longest = std::size_t{1} << from.below(15);
  const unsigned at = from.wide();
  const std::string_view text = from.rest();
  const auto reference = [&](std::string_view bytes) {
    return format == compression::gzip ? by_zlib(bytes) : by_libzstd(bytes);
  };

  if (what < 2) { // the bytes as they are
    compare(by_weir(format, text, seed, longest), reference(text));
    return 0;
  }
  packed_text whole = packed(format, text, seed, longest);
  if (what == 2) { // there and back, cut short
    const decoded back = by_weir(format, whole.bytes, seed, longest);
    must(!back.refused, "what an encoder made is refused: " + back.why);
    must(back.text == text, "another text came back");
    const std::size_t length = at % (whole.bytes.size() + 1);
    const auto end = std::find(whole.ends.begin(), whole.ends.end(), length);
    const decoded part = by_weir(format, std::string_view(whole.bytes).substr(0, length), seed, longest);
    must(part.refused == (length > 0 && end == whole.ends.end()),
         "cut short at " + std::to_string(length) + (part.refused ? " it is refused" : " it is taken"));
    must(text.starts_with(part.text), "cut short, another text came back");
    if (end != whole.ends.end()) {
      must(part.text.size() == whole.held[static_cast<std::size_t>(end - whole.ends.begin())], "a member is missing");
    }
    return 0;
  }
  // With one byte changed, and something behind it.
  whole.bytes[at % whole.bytes.size()] ^= static_cast<char>(1 + seed % 255);
  if (seed % 3 == 0) { whole.bytes.append(seed % 5, '\0'); }
  compare(by_weir(format, whole.bytes, seed, longest), reference(whole.bytes));
  return 0;
}
