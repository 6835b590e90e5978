#include "stages/synthetic/record_generator.hpp"

#include <algorithm>
#include <ctime>
#include <stdexcept>
#include <string>

namespace weir::stages {
namespace {

/// No record without padding is longer, including what the last wide copy may write past its end.
constexpr std::size_t k_natural_room = 768;
constexpr std::uint64_t k_first_second = 1714521600; // 2024-05-01T00:00:00Z
constexpr char k_csv_header[] = "ts,id,ip,method,path,status,bytes,ms,referer,ua\n";

fragment<32> formatted_second(std::uint64_t second, const char* format) {
  auto at = static_cast<std::time_t>(k_first_second + second);
  std::tm parts{};
  gmtime_r(&at, &parts);
  char text[33];
  return fragment<32>(std::string_view(text, std::strftime(text, sizeof text, format, &parts)));
}

} // namespace

record_generator::record_generator(generator_options options)
    : options_(options), state_(options.seed), spoiler_(options.bad, options.seed) {
  if (options_.bad > 0 && options_.format != record_format::ndjson)
    throw std::invalid_argument("generate: bad records are made of ndjson only");
  if (options_.format == record_format::random) {
    if (options_.record_bytes == 0) options_.record_bytes = 4096;
    return;
  }
  if (options_.record_bytes > k_longest_text_record)
    throw std::invalid_argument("generate: records of " + std::to_string(options_.record_bytes) +
                                " bytes asked for; text records have at most " + std::to_string(k_longest_text_record));
  pending_.resize(std::max(options_.record_bytes, k_natural_room) + k_natural_room);
  if (options_.format != record_format::csv) return;
  const char* end = put_text(pending_.data(), k_csv_header);
  pending_size_ = static_cast<std::size_t>(end - pending_.data());
  pending_is_record_ = false;
}

// splitmix64: one multiplication chain a draw, any seed is good, and draws can overlap in the pipeline.
std::uint64_t record_generator::draw() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

record_generator::amount record_generator::fill(std::span<std::byte> out, std::uint64_t max_records) {
  if (options_.format == record_format::random) return fill_random(out, max_records);
  amount made;
  char* const begin = reinterpret_cast<char*>(out.data());
  char* const end = begin + out.size();
  char* at = begin;
  while (made.records < max_records) {
    auto room = static_cast<std::size_t>(end - at);
    if (pending_size_ == 0 && room >= pending_.size()) {
      at = render(at);
      ++made.records;
      continue;
    }
    if (pending_size_ == 0) render_pending();
    if (pending_size_ > room) break;
    std::memcpy(at, pending_.data(), pending_size_);
    at += pending_size_;
    made.records += pending_is_record_ ? 1U : 0U;
    pending_size_ = 0;
  }
  made.bytes = static_cast<std::size_t>(at - begin);
  return made;
}

void record_generator::render_pending() {
  pending_size_ = static_cast<std::size_t>(render(pending_.data()) - pending_.data());
  pending_is_record_ = true;
}

record_generator::amount record_generator::fill_random(std::span<std::byte> out, std::uint64_t max_records) {
  if (max_records == 0) return {};
  std::uint64_t size = options_.record_bytes;
  std::size_t bytes = out.size();
  if (max_records < (bytes + into_record_) / size + 1)
    bytes = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, max_records * size - into_record_));
  std::byte* at = out.data();
  std::byte* const end = at + bytes;
  while (at != end) {
    if (word_left_ == 0 && end - at >= 8) {
      std::uint64_t word = draw();
      std::memcpy(at, &word, 8);
      at += 8;
      continue;
    }
    if (word_left_ == 0) {
      word_ = draw();
      word_left_ = 8;
    }
    *at++ = static_cast<std::byte>(word_);
    word_ >>= 8;
    --word_left_;
  }
  amount made{bytes, (into_record_ + bytes) / size};
  into_record_ = (into_record_ + bytes) % size;
  return made;
}

char* record_generator::render(char* out) {
  switch (options_.format) {
  case record_format::log:
    return render_log(out);
  case record_format::csv:
    return render_csv(out);
  default:
    return spoiler_.pass(out, render_ndjson(out));
  }
}

void record_generator::advance_clock(std::uint64_t bits) {
  milliseconds_ += bits & 15;
  std::uint64_t second = milliseconds_ / 1000;
  if (second == shown_second_) return;
  shown_second_ = second;
  iso_second_ = formatted_second(second, "%Y-%m-%dT%H:%M:%S.");
  log_second_ = formatted_second(second, "[%d/%b/%Y:%H:%M:%S +0000]");
}

char* record_generator::put_path(char* out, std::uint64_t bits) {
  std::size_t index = bits & 63;
  out = words_.paths[index].copy_to(out);
  if ((index & 1) != 0) out = put_digits(out, static_cast<std::uint32_t>(bits >> 6) % 100000, 5);
  return out;
}

/// Writes the padding that brings the record, with the `after` bytes still to come, to its asked size.
char* record_generator::put_padding(char* out, const char* record, std::size_t after) {
  std::size_t size = static_cast<std::size_t>(out - record) + after;
  if (size >= options_.record_bytes) return out;
  std::memset(out, 'x', options_.record_bytes - size);
  return out + (options_.record_bytes - size);
}

// The bits of one draw are shared out: each field uses bits that no other field uses.
char* record_generator::render_ndjson(char* out) {
  const char* record = out;
  std::uint64_t a = draw();
  std::uint64_t b = draw();
  advance_clock(a);
  out = iso_second_.copy_to(put_text(out, "{\"ts\":\""));
  out = put_digits(out, static_cast<std::uint32_t>(milliseconds_ % 1000), 3);
  out = put_hex(put_text(out, "Z\",\"id\":\""), draw());
  out = words_.addresses[a >> 4 & 1023].copy_to(put_text(out, "\",\"ip\":\""));
  out = words_.methods[a >> 14 & 15].copy_to(put_text(out, "\",\"method\":\""));
  out = put_path(put_text(out, "\",\"host\":\"www.example.com\",\"path\":\""), a >> 18 & 0x7fffff);
  out = words_.statuses[a >> 41 & 63].copy_to(put_text(out, "\",\"status\":"));
  out = put_number(put_text(out, ",\"bytes\":"), static_cast<std::uint32_t>(b >> (b & 7) & 0xffff));
  out = put_number(put_text(out, ",\"ms\":"), static_cast<std::uint32_t>(b >> 23 & 1023));
  out = words_.referers[a >> 47 & 15].copy_to(put_text(out, ",\"referer\":\""));
  out = words_.agents[a >> 51 & 15].copy_to(put_text(out, "\",\"ua\":\""));
  return put_text(put_padding(out, record, 3), "\"}\n");
}

char* record_generator::render_log(char* out) {
  const char* record = out;
  std::uint64_t a = draw();
  std::uint64_t b = draw();
  advance_clock(a);
  out = words_.addresses[a >> 4 & 1023].copy_to(out);
  out = log_second_.copy_to(put_text(out, " - - "));
  out = words_.methods[a >> 14 & 15].copy_to(put_text(out, " \""));
  out = put_path(put_text(out, " "), a >> 18 & 0x7fffff);
  out = words_.statuses[a >> 41 & 63].copy_to(put_text(out, " HTTP/1.1\" "));
  out = put_number(put_text(out, " "), static_cast<std::uint32_t>(b >> (b & 7) & 0xffff));
  out = words_.referers[a >> 47 & 15].copy_to(put_text(out, " \""));
  out = words_.agents[a >> 51 & 15].copy_to(put_text(out, "\" \""));
  return put_text(put_padding(out, record, 2), "\"\n");
}

char* record_generator::render_csv(char* out) {
  const char* record = out;
  std::uint64_t a = draw();
  std::uint64_t b = draw();
  advance_clock(a);
  out = iso_second_.copy_to(out);
  out = put_digits(out, static_cast<std::uint32_t>(milliseconds_ % 1000), 3);
  out = put_hex(put_text(out, "Z,"), draw());
  out = words_.addresses[a >> 4 & 1023].copy_to(put_text(out, ","));
  out = words_.methods[a >> 14 & 15].copy_to(put_text(out, ","));
  out = put_path(put_text(out, ","), a >> 18 & 0x7fffff);
  out = words_.statuses[a >> 41 & 63].copy_to(put_text(out, ","));
  out = put_number(put_text(out, ","), static_cast<std::uint32_t>(b >> (b & 7) & 0xffff));
  out = put_number(put_text(out, ","), static_cast<std::uint32_t>(b >> 23 & 1023));
  out = words_.referers[a >> 47 & 15].copy_to(put_text(out, ","));
  out = words_.agents[a >> 51 & 15].copy_to(put_text(out, ",\""));
  return put_text(put_padding(out, record, 2), "\"\n");
}

} // namespace weir::stages
