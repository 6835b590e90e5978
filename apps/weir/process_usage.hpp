// What the kernel says this process uses.
#pragma once

#include <cstdint>

namespace weir::command {

/// Memory that is resident now, in bytes, counted page by page where the kernel offers it (its own running count is
/// off by up to 64 pages a thread); 0 when it says nothing.
[[nodiscard]] std::uint64_t resident_bytes() noexcept;

/// How often a thread of the process has given its core away to wait (getrusage: ru_nvcsw), and so was woken later.
[[nodiscard]] std::uint64_t voluntary_switches() noexcept;

} // namespace weir::command
