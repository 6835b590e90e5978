#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "stages/compress/decoder.hpp"
#include "tests/stages/support.hpp"

namespace weir::test {

/// Compresses `text` in pieces of `piece` bytes with any encoder, one member or frame a piece.
template <class Encoder>
std::string encode_in_pieces(Encoder& encoder, std::string_view text, std::size_t piece) {
  std::string packed;
  do {
    std::string_view part = text.substr(0, piece);
    text.remove_prefix(part.size());
    std::string out(encoder.bound(part.size()), '\0');
    packed.append(out, 0, encoder.encode(bytes_of(part), writable_bytes_of(out)));
  } while (!text.empty());
  return packed;
}

/// Feeds a decoder pieces of at most `in_piece` bytes and takes at most `out_piece` at a time; then finish().
inline std::string decode_in_pieces(stages::decoder& decoder, std::string_view packed, std::size_t in_piece,
                                    std::size_t out_piece) {
  std::string text;
  std::string out(out_piece, '\0');
  for (;;) {
    std::string_view part = packed.substr(0, in_piece);
    auto made = decoder.decode(bytes_of(part), writable_bytes_of(out));
    packed.remove_prefix(made.consumed);
    text.append(out, 0, made.produced);
    if (packed.empty() && made.produced < out_piece) break;
  }
  decoder.finish();
  return text;
}

inline std::string decode(stages::compression format, std::string_view packed) {
  auto decoder = stages::make_decoder(format);
  return decode_in_pieces(*decoder, packed, packed.size() + 1, 65536);
}

/// The text of the corrupt_input that decoding throws, or "no error".
inline std::string decode_error(stages::compression format, std::string_view packed) {
  try {
    decode(format, packed);
  } catch (const stages::corrupt_input& error) { return error.what(); }
  return "no error";
}

} // namespace weir::test
