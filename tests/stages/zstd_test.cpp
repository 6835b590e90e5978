#include <gtest/gtest.h>

#include "stages/compress/zstd_codec.hpp"
#include "tests/stages/compress_support.hpp"

namespace weir::stages {
namespace {

using namespace weir::test;

constexpr std::size_t k_full_block = 252 * 1024;

class ZstdLevel : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Levels, ZstdLevel, testing::Range(1, 20));

TEST_P(ZstdLevel, MakesFramesThatTheToolReadsBackAtEverySize) {
  zstd_encoder encoder(GetParam());
  std::size_t memory = encoder.context_bytes();
  for (std::size_t size : {0U, 1U, 2U, 100U, 5000U, 131072U, 258048U, 262144U, 700000U}) {
    std::string text = random_lines(size + 1, size);
    EXPECT_EQ(run_tool("zstd -dc", encode_in_pieces(encoder, text, 1 << 20)), text) << size;
  }
  EXPECT_EQ(encoder.context_bytes(), memory);
}

TEST_P(ZstdLevel, KeepsIncompressibleBytesWithinTheBound) {
  zstd_encoder encoder(GetParam());
  EXPECT_LE(zstd_encoder::bound(k_full_block), 256U * 1024);
  for (std::size_t size : {std::size_t{1}, std::size_t{300}, std::size_t{131072}, k_full_block}) {
    std::string bytes = random_bytes(size, size);
    EXPECT_EQ(decode(compression::zstd, encode_in_pieces(encoder, bytes, size)), bytes);
  }
}

TEST(ZstdEncoder, WritesChecksumAndContentSizeIntoEveryFrame) {
  zstd_encoder encoder(1);
  scratch_dir scratch;
  write_file(scratch / "x.zst", encode_in_pieces(encoder, random_lines(1, 3000), 1000));
  std::string listing = run_tool("zstd -lv '" + (scratch / "x.zst") + "' 2>&1");
  EXPECT_NE(listing.find("Zstandard Frames: 3"), std::string::npos) << listing;
  EXPECT_NE(listing.find("Check: XXH64"), std::string::npos) << listing;
  EXPECT_NE(listing.find("(3000 B)"), std::string::npos) << listing;
}

TEST(ZstdEncoder, IsAboutAsSmallAsTheToolOnTheSamePieces) {
  std::string text = random_lines(3, k_full_block);
  for (int level : {1, 3, 9, 19}) {
    zstd_encoder encoder(level);
    std::size_t ours = encode_in_pieces(encoder, text, text.size()).size();
    std::size_t tools = run_tool("zstd -c -" + std::to_string(level), text).size();
    EXPECT_LE(ours, tools + tools / 50) << level;
  }
}

TEST(ZstdEncoder, SaysWhenTheFrameDoesNotFit) {
  zstd_encoder encoder(1);
  std::string bytes = random_bytes(3, 5000);
  std::string out(4000, '\0');
  EXPECT_THROW(encoder.encode(bytes_of(bytes), writable_bytes_of(out)), std::length_error);
  EXPECT_EQ(decode(compression::zstd, encode_in_pieces(encoder, bytes, 5000)), bytes) << "and goes on";
}

TEST(ZstdEncoder, RefusesLevelsThatDoNotExist) {
  EXPECT_THROW(zstd_encoder(0), std::invalid_argument);
  EXPECT_THROW(zstd_encoder(20), std::invalid_argument);
}

/// The tool's frame without content size, a skippable frame, an empty frame, and frames of ours.
std::string mixed_frames(std::string& text) {
  std::string first = random_lines(11, 3000);
  std::string last = random_bytes(12, 700) + random_lines(13, 2000);
  zstd_encoder encoder(3);
  text = first + last;
  return run_tool("cat | zstd -c --check", first) + std::string("\x53\x2a\x4d\x18\x05\x00\x00\x00hello", 13) +
         run_tool("zstd -c") + encode_in_pieces(encoder, last, 900);
}

TEST(ZstdDecoder, ReadsFramesCutAtEveryByte) {
  std::string text;
  std::string packed = mixed_frames(text);
  for (std::size_t in_piece : {1U, 2U, 3U, 5U, 17U, 64U, 1000U})
    for (std::size_t out_piece : {1U, 257U, 65536U})
      EXPECT_EQ(decode_in_pieces(*make_decoder(compression::zstd), packed, in_piece, out_piece), text)
          << in_piece << " " << out_piece;
}

// libzstd takes sixteen calls without input for an error; found by the fuzzer of tests/fuzz.
TEST(ZstdDecoder, TakesAnyNumberOfCallsWithoutInput) {
  zstd_encoder encoder(1);
  const std::string text = random_lines(3, 2000);
  const std::string packed = encode_in_pieces(encoder, text, 5000);
  const auto decoder = make_decoder(compression::zstd);
  std::string out(5000, '\0');
  (void)decoder->decode(bytes_of(packed).first(packed.size() / 2), writable_bytes_of(out));
  for (int call = 0; call < 100; ++call) { ASSERT_EQ(decoder->decode({}, writable_bytes_of(out)).produced, 0U); }
  (void)decoder->decode(bytes_of(packed).subspan(packed.size() / 2), writable_bytes_of(out));
  decoder->finish();
  EXPECT_EQ(decoder->produced(), text.size());
}

TEST(ZstdDecoder, ReadsWhatTheToolWritesAtItsLevels) {
  std::string text = random_lines(21, 700000) + random_bytes(22, 100000);
  for (const char* tool : {"zstd -c -1", "zstd -c -T2 -5", "zstd -c -19", "zstd -c --no-check"})
    EXPECT_EQ(decode(compression::zstd, run_tool(tool, text)), text) << tool;
}

TEST(ZstdDecoder, NoticesEveryTruncation) {
  std::string text;
  std::string packed = mixed_frames(text);
  std::size_t accepted = 0;
  for (std::size_t size = 0; size < packed.size(); ++size)
    accepted += decode_error(compression::zstd, packed.substr(0, size)) == "no error" ? 1 : 0;
  EXPECT_EQ(accepted, 4 + (2700 + 899) / 900 - 1);
}

TEST(ZstdDecoder, SaysWhereTheInputEnded) {
  std::string packed = run_tool("zstd -c", "some text");
  EXPECT_EQ(decode_error(compression::zstd, packed.substr(0, packed.size() - 1)),
            "corrupt zstd data at byte " + std::to_string(packed.size() - 1) +
                ": the input ends too early (9 bytes recovered)");
}

TEST(ZstdDecoder, NoticesAWrongChecksum) {
  std::string packed = run_tool("zstd -c --check", random_lines(5, 200000));
  packed[packed.size() - 1] = static_cast<char>(packed[packed.size() - 1] ^ 1);
  std::string error = decode_error(compression::zstd, packed);
  EXPECT_NE(error.find("checksum of the data does not match"), std::string::npos) << error;
}

TEST(ZstdDecoder, RefusesBytesThatAreNoFrame) {
  std::string packed = run_tool("zstd -c", "text");
  EXPECT_EQ(decode_error(compression::zstd, packed + "more"),
            "corrupt zstd data at byte " + std::to_string(packed.size()) +
                ": bytes that are no zstd frame after the last one (4 bytes recovered)");
  EXPECT_EQ(decode_error(compression::zstd, "something else"),
            "corrupt zstd data at byte 0: not a zstd frame (0 bytes recovered)");
}

TEST(ZstdDecoder, NamesTheMemoryThatAFrameWithALargeWindowNeeds) {
  std::string text = random_lines(9, 9 << 20);
  std::string packed = run_tool("zstd -c", "a small frame first ") + run_tool("cat | zstd -c --long=26", text);
  for (std::size_t piece : {std::size_t{1} << 20, std::size_t{1}}) {
    auto decoder = make_decoder(compression::zstd);
    try {
      decode_in_pieces(*decoder, packed, piece, 65536);
      FAIL() << "a window of 64 MiB was accepted";
    } catch (const corrupt_input& error) {
      EXPECT_NE(std::string(error.what()).find("needs a window of 64 MiB, more than the limit of 8 MiB"),
                std::string::npos)
          << error.what();
    }
  }
  auto roomy = make_decoder(compression::zstd, std::size_t{64} << 20);
  EXPECT_GE(roomy->context_bytes(), std::size_t{64} << 20);
  EXPECT_EQ(decode_in_pieces(*roomy, packed, 1 << 20, 65536), "a small frame first " + text);
}

TEST(ZstdDecoder, NeverGivesOtherBytesForAFlippedBitInAFrameWithAChecksum) {
  std::string text = random_lines(41, 600);
  std::string packed = run_tool("zstd -c --check", text);
  for (std::size_t byte = 6; byte < packed.size(); ++byte) {
    std::string bad = packed;
    bad[byte] = static_cast<char>(bad[byte] ^ (1 << (byte % 8)));
    // The format has bits without a meaning; all others must be noticed.
    if (decode_error(compression::zstd, bad) == "no error") { EXPECT_EQ(decode(compression::zstd, bad), text) << byte; }
  }
}

} // namespace
} // namespace weir::stages
