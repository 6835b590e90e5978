#pragma once
// uninterrupted: a call on some file systems, and a wait for a pipe's reader on all, may be interrupted by a signal.

#include <cerrno>

namespace weir::stages {

/// What `call` returns: it is made again while it fails with EINTR.
template <class Call>
int uninterrupted(Call call) {
  int result = -1;
  do result = call();
  while (result < 0 && errno == EINTR);
  return result;
}

} // namespace weir::stages
