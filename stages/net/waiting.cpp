#include "stages/net/waiting.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace weir::stages {

waiting::end waiting::wait(int stop, std::optional<std::chrono::milliseconds> limit) {
  polls_.push_back({stop, POLLIN, 0}); // poll passes over negative descriptors
  const int milliseconds = limit ? static_cast<int>(std::clamp<std::int64_t>(limit->count(), 0, 1 << 30)) : -1;
  int found = -1;
  // An interrupted wait begins anew: signals are rare, and every limit is asked for again by who set it.
  do found = ::poll(polls_.data(), polls_.size(), milliseconds);
  while (found < 0 && (errno == EINTR || errno == EAGAIN));
  const int code = errno;
  const bool stopped = polls_.back().revents != 0;
  polls_.pop_back();
  if (found < 0) throw std::system_error(code, std::generic_category(), "poll");
  if (stopped) return end::stopped;
  return found == 0 ? end::timeout : end::ready;
}

} // namespace weir::stages
