// bench_read_json FILE FIELD FIELD [ROUNDS]: make_reader for json against simdjson's On-Demand by hand, in turn, one thread, both
// over the same blocks in memory (whole lines of FILE, up to 64 MiB), taking two fields of integers from each record.

#include <weir/block.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "bench/record/bare_lines.hpp"
#include "bench/support/rounds.hpp"
#include "stages/record/record_reader.hpp"

namespace {

using weir::stages::cell;
using weir::stages::record_reader;
using weir::stages::rows;

constexpr std::size_t k_most_bytes = 64U << 20;
constexpr std::size_t k_padding = 64;

std::vector<rows> read_blocks(const char* path, weir::block_pool& pool) {
  std::vector<rows> blocks;
  std::ifstream file(path, std::ios::binary);
  std::string rest;
  std::size_t bytes = 0;
  while (file && bytes < k_most_bytes) {
    weir::block one = pool.try_take();
    char* const room = reinterpret_cast<char*>(one.data());
    std::memcpy(room, rest.data(), rest.size());
    file.read(room + rest.size(), static_cast<std::streamsize>(pool.payload() - k_padding - rest.size()));
    const std::string_view all(room, rest.size() + static_cast<std::size_t>(file.gcount()));
    const std::size_t whole = all.rfind('\n') + 1;
    rest = all.substr(whole);
    if (whole == 0) break;
    one.resize(whole);
    one.position(bytes);
    one.end_position(bytes + whole);
    bytes += whole;
    blocks.push_back({.data = std::move(one)});
  }
  return blocks;
}

std::uint64_t weir_lines(const std::vector<rows>& blocks, const weir::stages::reader_options& options) {
  const auto reader = make_reader(weir::stages::row_format::json, nullptr, options);
  std::uint64_t sum = 0;
  for (const rows& block : blocks) {
    reader->begin(block);
    for (record_reader::found what; (what = reader->next()) != record_reader::found::end;) {
      if (what == record_reader::found::bad) std::exit(1);
      for (const cell& one : reader->cells()) { sum += static_cast<std::uint64_t>(one.integer); }
    }
  }
  return sum;
}

std::uint64_t bare(const std::vector<rows>& blocks, const std::string& first, const std::string& second) {
  std::uint64_t sum = 0;
  for (const rows& block : blocks) { sum += bench::bare_lines(block.data.text(), first, second); }
  return sum;
}

void print(const char* what, const bench::spread& of, const char* unit) {
  std::printf("%-24s %6.2f %s (p10 %.2f, p90 %.2f)\n", what, of.median, unit, of.p10, of.p90);
}

} // namespace

int main(int count, char** words) {
  if (count < 4) {
    std::fputs("usage: bench_read_json FILE FIELD FIELD [ROUNDS]\n", stderr);
    return 2;
  }
  const std::string first = words[2];
  const std::string second = words[3];
  weir::block_pool pool(weir::k_block_size, 2 * k_most_bytes);
  const std::vector<rows> blocks = read_blocks(words[1], pool);
  double gigabytes = 0;
  for (const rows& block : blocks) { gigabytes += static_cast<double>(block.data.size()) / 1e9; }
  weir::stages::reader_options touched;
  touched.wanted = {{{first}}, {{second}}};
  weir::stages::reader_options full = touched;
  full.check = weir::stages::validation::full;
  const std::uint64_t want = bare(blocks, first, second);
  const std::vector<bench::competitor> all = {
      bench::whole("bare On-Demand", gigabytes, [&] { bench::must_equal(bare(blocks, first, second), want, "bare"); }),
      bench::whole("weir, touched", gigabytes,
                   [&] { bench::must_equal(weir_lines(blocks, touched), want, "touched"); }),
      bench::whole("weir, full", gigabytes, [&] { bench::must_equal(weir_lines(blocks, full), want, "full"); })};
  const bench::samples taken = bench::run_rounds(all, count > 4 ? static_cast<std::size_t>(std::atoi(words[4])) : 15);
  for (std::size_t i = 0; i < all.size(); ++i) {
    print(all[i].name.c_str(), bench::spread_of(bench::rates(taken[i], "all")), "GB/s");
  }
  for (std::size_t i = 1; i < all.size(); ++i) {
    print((all[i].name + " / bare").c_str(), bench::spread_of(bench::ratios(taken[i], taken[0], "all")), "x");
  }
}
