#include "stages/file/descriptor.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace weir::stages {
namespace {

bool wait_for(int number, short events, int stop) {
  pollfd waits[2] = {{number, events, 0}, {stop, POLLIN, 0}}; // poll passes over negative descriptors
  while (::poll(waits, 2, -1) < 0)
    if (errno != EINTR && errno != EAGAIN) return true;
  return waits[1].revents == 0;
}

} // namespace

int descriptor::close() {
  int number = std::exchange(number_, -1);
  if (number < 0 || borrowed_) return 0;
  // Linux has closed it even when it says EINTR.
  return ::close(number) == 0 || errno == EINTR ? 0 : errno;
}

bool wait_readable(int number, int stop) { return wait_for(number, POLLIN, stop); }
bool wait_writable(int number, int stop) { return wait_for(number, POLLOUT, stop); }

bool readable_now(int number) {
  pollfd look{number, POLLIN, 0};
  return ::poll(&look, 1, 0) > 0;
}

} // namespace weir::stages
