#include "apps/weir/process_usage.hpp"

#include <cstdio>
#include <memory>

#include <sys/resource.h>
#include <unistd.h>

namespace weir::command {

namespace {

using text_file = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

text_file opened(const char* path) {
  return {std::fopen(path, "re"), [](std::FILE* file) { return std::fclose(file); }};
}

std::uint64_t resident_by_pages() noexcept {
  const text_file file = opened("/proc/self/smaps_rollup");
  if (!file) return 0;
  char line[256];
  while (std::fgets(line, sizeof line, file.get()) != nullptr) {
    unsigned long long kib = 0;
    if (std::sscanf(line, "Rss: %llu kB", &kib) == 1) return kib << 10;
  }
  return 0;
}

std::uint64_t resident_by_count() noexcept {
  const text_file file = opened("/proc/self/statm");
  unsigned long long pages = 0;
  if (!file || std::fscanf(file.get(), "%*u %llu", &pages) != 1) return 0;
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

} // namespace

std::uint64_t resident_bytes() noexcept {
  const std::uint64_t exact = resident_by_pages();
  return exact > 0 ? exact : resident_by_count();
}

std::uint64_t voluntary_switches() noexcept {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_nvcsw);
}

} // namespace weir::command
