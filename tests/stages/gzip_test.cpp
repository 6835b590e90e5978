#include <gtest/gtest.h>

#include <malloc.h>

#include "stages/compress/gzip_encoder.hpp"
#include "tests/stages/compress_support.hpp"

namespace weir::stages {
namespace {

using namespace weir::test;

constexpr std::size_t k_full_block = 252 * 1024;

class GzipLevel : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Levels, GzipLevel, testing::Range(1, 10));

TEST_P(GzipLevel, MakesMembersThatZcatReadsBack) {
  gzip_encoder encoder(GetParam());
  for (std::size_t size : {0U, 1U, 2U, 257U, 4999U, 5000U, 5001U, 65535U, 65536U, 300000U}) {
    std::string text = random_lines(size + 1, size);
    EXPECT_EQ(run_tool("zcat", encode_in_pieces(encoder, text, k_full_block)), text) << size;
  }
}

TEST_P(GzipLevel, KeepsIncompressibleBytesWithinTheBound) {
  gzip_encoder encoder(GetParam());
  for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{4999}, std::size_t{10001}, std::size_t{65536},
                           k_full_block - 1, k_full_block, 4 * k_full_block}) {
    std::string bytes = random_bytes(size, size);
    std::string packed = encode_in_pieces(encoder, bytes, size + 1);
    EXPECT_LE(packed.size(), gzip_encoder::bound(size));
    EXPECT_EQ(decode(compression::gzip, packed), bytes) << size;
  }
}

TEST_P(GzipLevel, GivesTheSameMemberForTheSameBytesWhateverCameBefore) {
  std::string text = random_lines(7, 100000);
  gzip_encoder fresh(GetParam());
  std::string expected = encode_in_pieces(fresh, text, k_full_block);
  gzip_encoder used(GetParam());
  encode_in_pieces(used, random_bytes(8, 200000), k_full_block);
  EXPECT_EQ(encode_in_pieces(used, text, k_full_block), expected);
}

TEST_P(GzipLevel, SaysWhenTheMemberDoesNotFit) {
  gzip_encoder encoder(GetParam());
  std::string bytes = random_bytes(3, 5000);
  std::string out(4000, '\0');
  EXPECT_THROW(encoder.encode(bytes_of(bytes), writable_bytes_of(out)), std::length_error);
}

TEST_P(GzipLevel, TellsNoLessThanTheMemoryItTakesAndTakesNoneLater) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer's malloc does not count";
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "a sanitizer's malloc does not count";
#endif
#endif
  std::string text = random_lines(5, k_full_block);
  std::string out(gzip_encoder::bound(text.size()), '\0');
  auto in_use = [] { return mallinfo2().uordblks + mallinfo2().hblkhd; };
  constexpr std::size_t rounding = 8192; // malloc gives big pieces in whole pages
  std::size_t before = in_use();
  gzip_encoder encoder(GetParam());
  std::size_t built = in_use();
  encoder.encode(bytes_of(text), writable_bytes_of(out));
  std::size_t used = in_use();
  EXPECT_LE(built - before, encoder.context_bytes() + rounding);
  EXPECT_GE(built - before, encoder.context_bytes() / 3);
  EXPECT_EQ(used, built);
}

TEST(GzipEncoder, RefusesLevelsThatDoNotExist) {
  EXPECT_THROW(gzip_encoder(0), std::invalid_argument);
  EXPECT_THROW(gzip_encoder(10), std::invalid_argument);
}

/// Three members: gzip's own with a name, an empty one, and one of ours.
std::string three_members(std::string& text) {
  std::string first = random_lines(11, 3000);
  std::string last = random_bytes(12, 700) + random_lines(13, 2000);
  gzip_encoder encoder(1);
  text = first + last;
  const scratch_dir dir;
  return run_tool("cd '" + dir.path().string() + "' && cat > named && gzip -6 -N -c named", first) +
         run_tool("gzip -9") + encode_in_pieces(encoder, last, 900);
}

TEST(GzipDecoder, ReadsMembersCutAtEveryByte) {
  std::string text;
  std::string packed = three_members(text);
  for (std::size_t in_piece : {1U, 2U, 3U, 5U, 7U, 8U, 9U, 17U, 64U, 1000U})
    for (std::size_t out_piece : {1U, 2U, 257U, 65536U})
      EXPECT_EQ(decode_in_pieces(*make_decoder(compression::gzip), packed, in_piece, out_piece), text)
          << in_piece << " " << out_piece;
}

TEST(GzipDecoder, SplitsAtAnyPointIntoTwoFeeds) {
  std::string text;
  std::string packed = three_members(text);
  std::string out(text.size() + 1, '\0');
  for (std::size_t cut = 0; cut <= packed.size(); ++cut) {
    auto decoder = make_decoder(compression::gzip);
    auto first = decoder->decode(bytes_of(packed).first(cut), writable_bytes_of(out));
    ASSERT_EQ(first.consumed, cut);
    auto rest = writable_bytes_of(out).subspan(first.produced);
    auto second = decoder->decode(bytes_of(packed).subspan(cut), rest);
    decoder->finish();
    ASSERT_EQ(first.produced + second.produced, text.size()) << cut;
    ASSERT_EQ(out.substr(0, text.size()), text) << cut;
  }
}

TEST(GzipDecoder, ReadsWhatEveryLevelOfGzipAndPigzWrites) {
  std::string text = random_lines(21, 700000) + random_bytes(22, 100000);
  for (const char* tool : {"gzip -1", "gzip -6", "gzip -9", "pigz -c -p2 -1", "pigz -c -p2 -b 32 -6", "pigz -c -0"})
    EXPECT_EQ(decode(compression::gzip, run_tool(tool, text)), text) << tool;
}

TEST(GzipDecoder, ReadsAHeaderWithEveryField) {
  std::string packed = run_tool("gzip -n", "some text");
  std::string header("\x1f\x8b\x08\x1e\x00\x00\x00\x00\x00\x03", 10);
  header += std::string("\x05\x00", 2) + "extra" + std::string("name\0", 5) + std::string("comment\0", 8);
  // CRC-16 of the header as the low half of its CRC-32, which gzip's own trailer of the header's bytes tells.
  std::string trailer = run_tool("gzip -n | tail -c 8", header);
  header += trailer.substr(0, 2);
  EXPECT_EQ(decode(compression::gzip, header + packed.substr(10)), "some text");
  header[header.size() - 1] = static_cast<char>(header[header.size() - 1] ^ 1);
  EXPECT_EQ(decode_error(compression::gzip, header + packed.substr(10)),
            "corrupt gzip data at byte " + std::to_string(header.size()) +
                ": the gzip header's checksum does not match (0 bytes recovered)");
}

TEST(GzipDecoder, AcceptsZerosAfterTheLastMemberAsGzipDoes) {
  std::string packed = run_tool("gzip", "text");
  EXPECT_EQ(decode(compression::gzip, packed + std::string(1000, '\0')), "text");
  EXPECT_EQ(run_tool("gzip -dc", packed + std::string(1000, '\0')), "text");
}

TEST(GzipDecoder, RefusesOtherBytesAfterTheLastMember) {
  std::string packed = run_tool("gzip", "text");
  EXPECT_EQ(decode_error(compression::gzip, packed + "more"),
            "corrupt gzip data at byte " + std::to_string(packed.size()) +
                ": bytes that are no gzip member after the last one (4 bytes recovered)");
  EXPECT_EQ(decode_error(compression::gzip, packed + std::string(9, '\0') + packed),
            "corrupt gzip data at byte " + std::to_string(packed.size() + 9) +
                ": bytes that are no gzip member after the last one (4 bytes recovered)");
}

TEST(GzipDecoder, NoticesEveryTruncation) {
  std::string text;
  std::string packed = three_members(text);
  std::size_t accepted = 0;
  for (std::size_t size = 0; size < packed.size(); ++size)
    accepted += decode_error(compression::gzip, packed.substr(0, size)) == "no error" ? 1 : 0;
  // Whole members are whole files: nothing, one, two, and those of our own but the last.
  EXPECT_EQ(accepted, 3 + (2700 + 899) / 900 - 1);
}

TEST(GzipDecoder, SaysWhereTheInputEndedAndWhatWasRecovered) {
  std::string text = random_bytes(31, 5000);
  std::string packed = run_tool("gzip", text);
  EXPECT_EQ(decode_error(compression::gzip, packed.substr(0, packed.size() - 1)),
            "corrupt gzip data at byte " + std::to_string(packed.size() - 1) +
                ": the input ends too early (5000 bytes recovered)");
}

TEST(GzipDecoder, NoticesAWrongChecksumAndAWrongLength) {
  std::string packed = run_tool("gzip", "some text");
  for (std::size_t from_end : {8U, 5U, 4U, 1U}) {
    std::string bad = packed;
    bad[bad.size() - from_end] = static_cast<char>(bad[bad.size() - from_end] ^ 0x40);
    EXPECT_EQ(decode_error(compression::gzip, bad),
              "corrupt gzip data at byte " + std::to_string(packed.size()) +
                  ": checksum or length of the data does not match (9 bytes recovered)");
  }
}

TEST(GzipDecoder, NeverAcceptsAFlippedBitThatGzipRefuses) {
  std::string packed = run_tool("gzip -n", random_lines(41, 600));
  for (std::size_t byte = 10; byte < packed.size(); ++byte) {
    std::string bad = packed;
    bad[byte] = static_cast<char>(bad[byte] ^ (1 << (byte % 8)));
    EXPECT_NE(decode_error(compression::gzip, bad), "no error") << byte;
  }
}

TEST(GzipDecoder, HandsOutAllThatLiesBeforeTheFaultAndThenKeepsThrowing) {
  std::string text = random_lines(51, 400000);
  std::string packed = run_tool("gzip", text);
  packed[packed.size() - 6] = static_cast<char>(packed[packed.size() - 6] ^ 1);
  auto decoder = make_decoder(compression::gzip);
  std::string got;
  EXPECT_THROW(got = decode_in_pieces(*decoder, packed, 1 << 20, 1 << 20), corrupt_input);
  EXPECT_EQ(decoder->produced(), text.size());
  std::string out(10, '\0');
  EXPECT_THROW(decoder->decode({}, writable_bytes_of(out)), corrupt_input);
  EXPECT_THROW(decoder->finish(), corrupt_input);
}

// ISA-L counts one byte more than there is when it finds this fault; found by the fuzzer of tests/fuzz.
TEST(GzipDecoder, NeverTakesMoreThanThereIsAtAFault) {
  const unsigned char damaged[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x2b, 0xc9, 0x48, 0x55,
                                   0x28, 0x2c, 0xcd, 0x4c, 0xce, 0x56, 0x48, 0x56, 0x55, 0x2a, 0xa4, 0xe4, 0xed, 0xa7,
                                   0x73, 0x95, 0x09, 0x02, 0xb5, 0x00, 0x68, 0x5a, 0xeb, 0x11, 0xb0, 0x00, 0x00, 0x00};
  for (std::size_t piece = 1; piece <= sizeof(damaged); ++piece) {
    const auto decoder = make_decoder(compression::gzip);
    std::span<const std::byte> left = std::as_bytes(std::span(damaged));
    std::string out(1024, '\0');
    try {
      while (!left.empty()) {
        const auto part = left.first(std::min(piece, left.size()));
        const auto made = decoder->decode(part, writable_bytes_of(out));
        ASSERT_LE(made.consumed, part.size()) << "in pieces of " << piece;
        left = left.subspan(made.consumed);
      }
      ADD_FAILURE() << "taken in pieces of " << piece;
    } catch (const corrupt_input& error) { EXPECT_LE(error.offset(), sizeof(damaged)) << "in pieces of " << piece; }
  }
}

TEST(GzipDecoder, NamesTheFaultsOfAHeader) {
  std::string packed = run_tool("gzip -n", "text");
  auto with = [&](std::size_t at, char value) {
    std::string bad = packed;
    bad[at] = value;
    return decode_error(compression::gzip, bad);
  };
  EXPECT_EQ(with(1, 'x'), "corrupt gzip data at byte 2: not a gzip header (0 bytes recovered)");
  EXPECT_EQ(with(2, 7), "corrupt gzip data at byte 3: unknown compression method (0 bytes recovered)");
  EXPECT_EQ(with(3, 0x20), "corrupt gzip data at byte 4: reserved flags set in the gzip header (0 bytes recovered)");
}

TEST(Recognise, KnowsTheFormatsByTheirFirstBytes) {
  EXPECT_EQ(recognise(bytes_of(run_tool("gzip", "a"))), compression::gzip);
  EXPECT_EQ(recognise(bytes_of(run_tool("zstd -c", "a"))), compression::zstd);
  EXPECT_EQ(recognise(bytes_of("\x5e\x2a\x4d\x18")), compression::zstd);
  EXPECT_EQ(recognise(bytes_of("\x5e\x2a\x4d")), compression::none);
  for (const char* begun : {"", "\x1f", "\x28", "\x28\xb5\x2f", "\x5e", "\x5e\x2a\x4d"})
    EXPECT_TRUE(may_be_compressed(bytes_of(begun))) << begun;
  for (const char* text : {"a", "\n", "Pa", "(1", "\x1f\x1f", "\x28\xb5\x2f\xfd"})
    EXPECT_FALSE(may_be_compressed(bytes_of(text))) << text;
  EXPECT_EQ(recognise(bytes_of("\x1f")), compression::none);
  EXPECT_EQ(recognise(bytes_of("plain text")), compression::none);
  EXPECT_EQ(recognise({}), compression::none);
}

} // namespace
} // namespace weir::stages
