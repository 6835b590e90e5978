#include "stages/db/libpq.hpp"

#include <dlfcn.h>

#include <string>

#include "stages/db/database_error.hpp"

namespace weir::stages {
namespace {

// The name that goes with the header; another one would be another interface.
constexpr const char* k_file = "libpq.so.5";

[[noreturn]] void fail() {
  const char* const why = ::dlerror();
  throw database_error(std::string(k_file) + " (package libpq5) cannot be loaded: " + (why == nullptr ? "" : why));
}

template <class Function>
void find(void* library, const char* name, Function& to) {
  to = reinterpret_cast<Function>(::dlsym(library, name));
  if (to == nullptr) fail();
}

libpq loaded() {
  void* const library = ::dlopen(k_file, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) fail();
  libpq functions;
#define WEIR_FIND(name) find(library, #name, functions.name);
  WEIR_LIBPQ(WEIR_FIND)
#undef WEIR_FIND
  return functions;
}

} // namespace

const libpq& pq() {
  static const libpq functions = loaded();
  return functions;
}

} // namespace weir::stages
