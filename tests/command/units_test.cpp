#include "apps/weir/units.hpp"

#include "apps/weir/utf8.hpp"
#include "refusal.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace weir::command {
namespace {

using namespace std::chrono_literals;

TEST(Sizes, AreBytesWithoutAUnit) {
  EXPECT_EQ(parse_size("0"), 0u);
  EXPECT_EQ(parse_size("4096"), 4096u);
  EXPECT_EQ(parse_size("7B"), 7u);
  EXPECT_EQ(parse_size("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
}

TEST(Sizes, CountLettersInPowersOf1024AndKbMbGbInPowersOf1000) {
  EXPECT_EQ(parse_size("1K"), 1024u);
  EXPECT_EQ(parse_size("256KiB"), 262144u);
  EXPECT_EQ(parse_size("256kib"), 262144u);
  EXPECT_EQ(parse_size("1kB"), 1000u);
  EXPECT_EQ(parse_size("64M"), 64u << 20);
  EXPECT_EQ(parse_size("64MB"), 64'000'000u);
  EXPECT_EQ(parse_size("3G"), std::uint64_t{3} << 30);
  EXPECT_EQ(parse_size("2T"), std::uint64_t{2} << 40);
  EXPECT_EQ(parse_size("1P"), std::uint64_t{1} << 50);
}

TEST(Sizes, TakeFractionsAndDropThePartOfAByte) {
  EXPECT_EQ(parse_size("1.5G"), std::uint64_t{3} << 29);
  EXPECT_EQ(parse_size("0.1K"), 102u);
  EXPECT_EQ(parse_size("2.9"), 2u);
}

TEST(Sizes, RefuseWhatIsNoneAndNameIt) {
  for (const char* text :
       {"", "M", "64Q", "64 M", "-1", "+1", "1.", ".5", "1e6", "0x10", "1KiBs", "1iB", "64M ", "1,5G"})
    EXPECT_EQ(refusal<bad_value>([&] { (void)parse_size(text); }),
              in_quotes(text) + " is not a size; write for example 4096, 256K, 64M or 1.5G");
}

TEST(Sizes, RefuseMoreThan64Bits) {
  for (const char* text :
       {"18446744073709551616", "16384P", "99999999999999999999.5", "18014398509481984K", "16384.5P"})
    EXPECT_EQ(refusal<bad_value>([&] { (void)parse_size(text); }), in_quotes(text) + " is too large for a size");
}

TEST(Rates, AreBytesWithAUnitAndRecordsWithout) {
  EXPECT_EQ(parse_rate("50MB/s"), (rate{50e6, rate::unit::bytes}));
  EXPECT_EQ(parse_rate("1.5GiB/s"), (rate{1.5 * (1 << 30), rate::unit::bytes}));
  EXPECT_EQ(parse_rate("100B/s"), (rate{100, rate::unit::bytes}));
  EXPECT_EQ(parse_rate("1000/s"), (rate{1000, rate::unit::records}));
  EXPECT_EQ(parse_rate("0.5/s"), (rate{0.5, rate::unit::records}));
}

TEST(Rates, MayBePerMinuteAndPerHour) {
  EXPECT_EQ(parse_rate("30/min"), (rate{0.5, rate::unit::records}));
  EXPECT_EQ(parse_rate("36K/h"), (rate{10.24, rate::unit::bytes}));
}

TEST(Rates, RefuseWhatIsNoneAndNameIt) {
  for (const char* text : {"", "50", "50MB", "/s", "50MB/", "50MB/m", "50X/s", "-1/s", "50 MB/s", "1/s/s"})
    EXPECT_EQ(refusal<bad_value>([&] { (void)parse_rate(text); }),
              in_quotes(text) + " is not a rate; write for example 50MB/s (bytes) or 1000/s (records)");
  EXPECT_EQ(refusal<bad_value>([] { (void)parse_rate("0/s"); }), "'0/s': a rate must be above 0");
}

TEST(Durations, AreOnePartOrSeveral) {
  EXPECT_EQ(parse_duration("10s"), 10s);
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("1m30s"), 90s);
  EXPECT_EQ(parse_duration("1h2m3s4ms5us6ns"), 1h + 2min + 3s + 4ms + 5us + 6ns);
  EXPECT_EQ(parse_duration("1.5h"), 90min);
  EXPECT_EQ(parse_duration("0s"), 0s);
}

TEST(Durations, RefuseWhatIsNoneAndNameIt) {
  for (const char* text : {"", "10", "s", "10x", "30s1m", "1s1s", "1m30", "-1s", "1 s", "1m 30s"})
    EXPECT_EQ(refusal<bad_value>([&] { (void)parse_duration(text); }),
              in_quotes(text) + " is not a duration; write for example 10s, 250ms or 1m30s");
  EXPECT_EQ(refusal<bad_value>([] { (void)parse_duration("9999999h"); }), "'9999999h' is too long for a duration");
}

TEST(Formats, ASizeInThreeDigits) {
  EXPECT_EQ(format_size(0), "0 B");
  EXPECT_EQ(format_size(999), "999 B");
  EXPECT_EQ(format_size(1000), "0.98 KiB");
  EXPECT_EQ(format_size(1536), "1.50 KiB");
  EXPECT_EQ(format_size(64 << 20), "64.0 MiB");
  EXPECT_EQ(format_size(1023 << 20), "1.00 GiB");
  EXPECT_EQ(format_size(std::uint64_t{512} << 30), "512 GiB");
  EXPECT_EQ(format_size(std::numeric_limits<std::uint64_t>::max()), "16.0 EiB");
}

TEST(Formats, ASizeNeverWiderThanEightCharacters) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 20000; ++i) EXPECT_LE(format_size(random() >> (random() % 64)).size(), 8u);
  for (unsigned bit = 0; bit < 64; ++bit)
    for (const std::uint64_t near : {std::uint64_t{0}, std::uint64_t{1}})
      EXPECT_LE(format_size((std::uint64_t{1} << bit) - near).size(), 8u);
}

TEST(Formats, ASizeForAnOptionThatIsEnough) {
  EXPECT_EQ(format_size_option(0), "0");
  EXPECT_EQ(format_size_option(4097), "4097");
  EXPECT_EQ(format_size_option(98304), "96K");
  EXPECT_EQ(format_size_option(64 << 20), "64M");
  EXPECT_EQ(format_size_option((64 << 20) + 1), "65537K");
  EXPECT_EQ(format_size_option((std::uint64_t{3} << 30) + 1), "3073M");
  EXPECT_EQ(format_size_option(std::uint64_t{2} << 30), "2G");
}

TEST(Formats, ASizeForAnOptionThatReadsBackAsAtLeastAsMuch) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 5000; ++i) {
    const std::uint64_t bytes = random() >> (random() % 64);
    EXPECT_GE(parse_size(format_size_option(bytes)), bytes);
  }
  EXPECT_EQ(parse_size(format_size_option(std::numeric_limits<std::uint64_t>::max())),
            std::numeric_limits<std::uint64_t>::max());
}

TEST(Formats, ARate) {
  EXPECT_EQ(format_rate({512.0 * (1 << 20), rate::unit::bytes}), "512 MiB/s");
  EXPECT_EQ(format_rate({0.2, rate::unit::bytes}), "0 B/s");
  EXPECT_EQ(format_rate({12345.6, rate::unit::records}), "12,346/s");
  EXPECT_EQ(format_rate({std::numeric_limits<double>::quiet_NaN(), rate::unit::bytes}), "0 B/s");
  EXPECT_EQ(format_rate({-1, rate::unit::bytes}), "0 B/s");
}

TEST(Formats, ACountInGroupsOfThree) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(1000), "1,000");
  EXPECT_EQ(format_count(1234567), "1,234,567");
  EXPECT_EQ(format_count(123456), "123,456");
}

TEST(Formats, ADurationInItsOwnUnit) {
  EXPECT_EQ(format_duration(0), "0 s");
  EXPECT_EQ(format_duration(0.00025), "250 us");
  EXPECT_EQ(format_duration(0.25), "250 ms");
  EXPECT_EQ(format_duration(0.9996), "1.00 s");
  EXPECT_EQ(format_duration(1.5), "1.50 s");
  EXPECT_EQ(format_duration(59.94), "59.9 s");
  EXPECT_EQ(format_duration(59.96), "1m00s");
  EXPECT_EQ(format_duration(90), "1m30s");
  EXPECT_EQ(format_duration(7500), "2h05m");
  EXPECT_EQ(format_duration(86400 * 3 + 4 * 3600), "3d04h");
  EXPECT_EQ(format_duration(-3), "0 s");
  EXPECT_EQ(format_duration(std::numeric_limits<double>::quiet_NaN()), "0 s");
  EXPECT_EQ(format_duration(std::numeric_limits<double>::infinity()), "36500d00h");
}

} // namespace
} // namespace weir::command
