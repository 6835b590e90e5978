#include <array>
#include <cstdint>
#include <string_view>

#include "stages/record/record_stages.hpp"

namespace weir::stages {
namespace {

enum class byte_kind : std::uint8_t { of_scalar, quote, blank, token };

// As simdjson sorts them, form feed and SUB among the tokens.
constexpr std::array<byte_kind, 256> kinds() {
  std::array<byte_kind, 256> all{};
  for (const char c : std::string_view("{}[],:\f\x1a")) all[static_cast<unsigned char>(c)] = byte_kind::token;
  for (const char c : std::string_view(" \t\n\r")) all[static_cast<unsigned char>(c)] = byte_kind::blank;
  all['"'] = byte_kind::quote;
  return all;
}
constexpr std::array<byte_kind, 256> k_kinds = kinds();

/// At least as many as there are: what stands inside of strings is counted too.
std::size_t most_tokens(std::string_view text) {
  std::size_t tokens = 0;
  bool scalar_before = false;
  for (const char c : text) {
    const byte_kind kind = k_kinds[static_cast<unsigned char>(c)];
    const bool begins = kind <= byte_kind::quote && !scalar_before;
    tokens += kind == byte_kind::token || begins ? 1 : 0;
    scalar_before = kind == byte_kind::of_scalar;
  }
  return tokens;
}

} // namespace

// The parser's list of tokens; a copy of the line where no line end shields its reading; strings without their escapes.
std::size_t reading_bytes(std::string_view line) {
  constexpr std::size_t k_slack = 16 * 1024;
  std::size_t bytes = k_slack + most_tokens(line) * sizeof(std::uint32_t);
  if (!line.ends_with('\n')) bytes += line.size();
  if (line.find('\\') != std::string_view::npos) bytes += line.size();
  return bytes;
}

} // namespace weir::stages
