#include "stages/file/temporaries.hpp"

#include <unistd.h>

#include <cstring>
#include <stdexcept>

namespace weir::stages {

constinit named_temporary::list named_temporary::all_;

named_temporary::named_temporary(const std::string& path) {
  if (path.size() >= PATH_MAX) throw std::length_error("temporary file: name too long: " + path);
  static_assert(std_atomics::atomic<list::use>::is_always_lock_free &&
                    std_atomics::atomic<list::entry*>::is_always_lock_free,
                "a signal handler may only touch lock-free atomics");
  entry_ = all_.take();
  std::memcpy(entry_->path.data(), path.c_str(), path.size() + 1);
  list::publish(*entry_);
}

const char* named_temporary::path() const { return entry_->path.data(); }

void named_temporary::forget() {
  if (entry_ == nullptr) return;
  list::free(*std::exchange(entry_, nullptr));
}

void named_temporary::unlink() {
  if (entry_ == nullptr) return;
  ::unlink(path());
  forget();
}

void unlink_temporaries() noexcept {
  named_temporary::all_.for_each_live([](const auto& path) { ::unlink(path.data()); });
}

} // namespace weir::stages
