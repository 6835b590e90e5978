#include "tests/faults/io_faults.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace weir::test {

namespace {

// Constant-initialised: libraries call open() before main().
std::atomic<bool> g_armed{false};
std::atomic<std::uint64_t> g_calls{0};
std::atomic<bool> g_happened{false};
io_fault g_fault; // written while nothing is armed
const char* g_told = nullptr;

/// By the kernel itself: nothing of it is counted.
bool regular(int descriptor) noexcept {
  struct stat now {};
  return ::syscall(SYS_newfstatat, descriptor, "", &now, AT_EMPTY_PATH) == 0 && S_ISREG(now.st_mode);
}

void tell() noexcept {
  if (g_happened.exchange(true) || g_told == nullptr) { return; }
  const long made = ::syscall(SYS_openat, AT_FDCWD, g_told, O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
  if (made >= 0) { ::syscall(SYS_close, made); }
}

/// What is to be done to this call: 0 for nothing.
int due(io_call what) noexcept {
  if (!g_armed.load() || !(g_fault.any_call || g_fault.what == what)) { return 0; }
  if (g_calls.fetch_add(1) + 1 != g_fault.at) { return 0; }
  tell();
  return g_fault.action;
}
int due(io_call what, int descriptor) noexcept { return g_armed.load() && regular(descriptor) ? due(what) : 0; }

[[noreturn]] void die() noexcept {
  ::syscall(SYS_kill, ::syscall(SYS_getpid), SIGKILL);
  for (;;) { ::syscall(SYS_pause); }
}

/// The next definition of a function: the C library's, or a sanitizer's.
template <class F>
F* next(const char* name, F*) noexcept {
  return reinterpret_cast<F*>(::dlsym(RTLD_NEXT, name));
}

/// Makes the call, or what is to happen instead. `shorter` is the call for one byte.
template <class Call, class Shorter>
auto with(int action, Call call, Shorter shorter) noexcept -> decltype(call()) {
  switch (action) {
  case 0:
    return call();
  case k_short:
    return shorter();
  case k_kill_before:
    die();
  case k_kill_after:
    (void)call();
    die();
  default:
    errno = action;
    return -1;
  }
}
template <class Call>
auto with(int action, Call call) noexcept -> decltype(call()) {
  return with(action, call, call);
}

} // namespace

void arm_io(const io_fault& fault) noexcept {
  g_fault = fault;
  g_calls = 0;
  g_happened = false;
  g_armed = true;
}

bool disarm_io() noexcept {
  g_armed = false;
  return g_happened.load();
}

void arm_io_from_environment() noexcept {
  const char* const text = std::getenv("WEIR_IO_FAULT");
  if (text == nullptr) { return; }
  char call[16] = "";
  char more[16] = "";
  unsigned long n = 0;
  io_fault fault;
  if (std::sscanf(text, "%15s %d %lu %15s", call, &fault.action, &n, more) < 3) { std::abort(); }
  fault.at = n;
  fault.any_call = std::strcmp(call, "any") == 0;
  fault.no_nameless = std::strcmp(more, "nameless") == 0;
  const auto found = std::find(std::begin(k_io_calls), std::end(k_io_calls), call);
  if (found != std::end(k_io_calls)) { fault.what = static_cast<io_call>(found - std::begin(k_io_calls)); }
  g_told = std::getenv("WEIR_IO_FAULT_TOLD");
  arm_io(fault);
}

} // namespace weir::test

using namespace weir::test;

extern "C" {

int open(const char* path, int flags, ...) {
  static const auto real = next("open", &::open);
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if (g_armed.load() && g_fault.no_nameless && (flags & O_TMPFILE) == O_TMPFILE) {
    errno = EOPNOTSUPP;
    return -1;
  }
  return with(due(io_call::open), [&] { return real(path, flags, mode); });
}

ssize_t read(int descriptor, void* to, size_t size) {
  static const auto real = next("read", &::read);
  return with(
      due(io_call::read, descriptor), [&] { return real(descriptor, to, size); },
      [&] { return real(descriptor, to, size == 0 ? 0 : 1); });
}

ssize_t preadv2(int descriptor, const iovec* pieces, int count, off_t at, int flags) {
  static const auto real = next("preadv2", &::preadv2);
  if (g_armed.load() && g_fault.what == io_call::read && !g_fault.any_call && regular(descriptor)) {
    errno = EOPNOTSUPP; // or nobody would call read()
    return -1;
  }
  const auto one_byte = [&] {
    const iovec one{pieces->iov_base, std::min<std::size_t>(pieces->iov_len, 1)};
    return real(descriptor, &one, 1, at, flags);
  };
  return with(
      due(io_call::preadv2, descriptor), [&] { return real(descriptor, pieces, count, at, flags); }, one_byte);
}

ssize_t write(int descriptor, const void* from, size_t size) {
  static const auto real = next("write", &::write);
  return with(
      due(io_call::write, descriptor), [&] { return real(descriptor, from, size); },
      [&] { return real(descriptor, from, size == 0 ? 0 : 1); });
}

int fsync(int descriptor) {
  static const auto real = next("fsync", &::fsync);
  return with(due(io_call::fsync), [&] { return real(descriptor); });
}

// Linux closes a descriptor whatever it answers.
int close(int descriptor) {
  static const auto real = next("close", &::close);
  const int action = due(io_call::close, descriptor);
  if (action > 0 && action < k_short) { (void)real(descriptor); }
  return with(action, [&] { return real(descriptor); });
}

int linkat(int from, const char* old_path, int to, const char* new_path, int flags) noexcept {
  static const auto real = next("linkat", &::linkat);
  return with(due(io_call::linkat), [&] { return real(from, old_path, to, new_path, flags); });
}

int rename(const char* from, const char* to) noexcept {
  static const auto real = next("rename", &::rename);
  return with(due(io_call::rename), [&] { return real(from, to); });
}

int fstat(int descriptor, struct stat* to) noexcept {
  static const auto real = next("fstat", &::fstat);
  return with(due(io_call::fstat, descriptor), [&] { return real(descriptor, to); });
}

} // extern "C"
