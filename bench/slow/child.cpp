#include "bench/slow/child.hpp"

#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace bench::slow {

namespace {

pid_t started(const std::vector<std::string>& command) {
  std::vector<char*> words;
  words.reserve(command.size() + 1);
  for (const std::string& w : command) { words.push_back(const_cast<char*>(w.c_str())); }
  words.push_back(nullptr);
  pid_t child = 0;
  if (posix_spawnp(&child, words[0], nullptr, nullptr, words.data(), environ) != 0) {
    throw std::runtime_error("cannot start " + command[0]);
  }
  return child;
}

double resident_mib(pid_t child) {
  std::ifstream statm("/proc/" + std::to_string(child) + "/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  statm >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

double seconds_of(const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; }

} // namespace

watched watch(const std::vector<std::string>& command, limits most) {
  const auto begun = std::chrono::steady_clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count(); };
  const pid_t child = started(command);
  watched seen;
  int status = 0;
  rusage used{};
  while (wait4(child, &status, WNOHANG, &used) == 0) {
    const double now = resident_mib(child);
    if (now > 0) { seen.rss.emplace_back(elapsed(), now); }
    seen.peak_mib = std::max(seen.peak_mib, now);
    if ((now >= most.mib || elapsed() >= most.seconds) && !seen.stopped) {
      seen.stopped = true;
      kill(child, SIGKILL);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  seen.seconds = elapsed();
  seen.cpu_seconds = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
  if (!seen.stopped && status != 0) { throw std::runtime_error(command.back() + ": failed"); }
  return seen;
}

} // namespace bench::slow
