#pragma once
// io_faults: the C library's calls on regular files, failing when they are told to. A program that links this file has
// its calls go through here, whoever makes them; other descriptors (pipes, terminals, events) are left alone.

#include <cstdint>
#include <string_view>

namespace weir::test {

enum class io_call : std::uint8_t { open, read, preadv2, write, fsync, close, linkat, rename, fstat };
inline constexpr std::string_view k_io_calls[] = {"open",  "read",   "preadv2", "write", "fsync",
                                                  "close", "linkat", "rename",  "fstat"};

/// What happens at the n-th such call. A number below k_short is an errno.
enum io_action : int {
  k_short = 10'000, ///< one byte is read or written
  k_kill_before,    ///< SIGKILL instead of the call
  k_kill_after,     ///< the call, then SIGKILL
};

struct io_fault {
  io_call what = io_call::open;
  int action = 0;
  std::uint64_t at = 0;     ///< the n-th from now on, 1 is the next; 0: none
  bool any_call = false;    ///< whatever the call is: `what` does not matter
  bool no_nameless = false; ///< besides, the file system knows no O_TMPFILE
};

/// From now on, in every thread, until disarm_io().
void arm_io(const io_fault& fault) noexcept;
/// Whether it happened.
bool disarm_io() noexcept;

/// Arms what the environment's WEIR_IO_FAULT asks for, "CALL ACTION N [nameless]"; "any" is any call. When it happens, an
/// empty file is made at WEIR_IO_FAULT_TOLD.
void arm_io_from_environment() noexcept;

} // namespace weir::test
