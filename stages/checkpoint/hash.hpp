#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace weir::stages {

/// A quick hash of 64 bits, the same on every machine and in every version of weir. Not against forgers.
[[nodiscard]] std::uint64_t hash_of(std::span<const std::byte> bytes) noexcept;
[[nodiscard]] std::uint64_t hash_of(std::string_view text) noexcept;

/// As 16 hexadecimal digits.
[[nodiscard]] std::string in_hex(std::uint64_t value);

} // namespace weir::stages
