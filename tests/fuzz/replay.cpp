// Drives a fuzz target without libFuzzer: replay [--mutations N] [--seed S] FILE|FOLDER... runs every file, then N seeded
// mutations of them. An input that ends the program is kept in the working folder, and the command that runs it again is
// printed.

#include "tests/fuzz/fuzz_target.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
extern "C" void __sanitizer_set_death_callback(void (*callback)());
#endif

namespace {

using input = std::vector<std::uint8_t>;

const char* program = "";
input current;

void keep_current() {
  constexpr const char* k_name = "found.input";
  std::ofstream(k_name, std::ios::binary)
      .write(reinterpret_cast<const char*>(current.data()), static_cast<std::streamsize>(current.size()));
  std::fprintf(stderr, "to run it again: %s %s/%s\n", program, std::filesystem::current_path().c_str(), k_name);
}

void ends_by_signal(int which) {
  std::signal(which, SIG_DFL);
  keep_current();
  std::raise(which);
}

void watch_the_end() {
  std::signal(SIGABRT, ends_by_signal);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  __sanitizer_set_death_callback(keep_current);
#else
  for (const int s : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) { std::signal(s, ends_by_signal); }
#endif
}

void run(const input& what) {
  current = what;
  (void)LLVMFuzzerTestOneInput(current.data(), current.size());
}

input read(const std::filesystem::path& file) {
  std::ifstream from(file, std::ios::binary);
  if (!from) {
    std::fprintf(stderr, "replay: cannot read %s\n", file.c_str());
    std::exit(2);
  }
  return {std::istreambuf_iterator<char>(from), {}};
}

/// One to eight edits: a byte changed, put in or taken out, a piece doubled, or the rest of another input.
input mutated(const std::vector<input>& corpus, std::mt19937_64& random) {
  constexpr std::size_t k_longest = 4096;
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  input made = corpus[below(corpus.size())];
  for (std::size_t edits = 1 + below(8); edits > 0; --edits) {
    const std::size_t at = below(made.size() + 1);
    const auto here = made.begin() + static_cast<std::ptrdiff_t>(at);
    const auto some = static_cast<std::ptrdiff_t>(below(std::min<std::size_t>(made.size() - at, 32) + 1));
    switch (below(5)) {
    case 0:
      if (at < made.size()) { made[at] = static_cast<std::uint8_t>(random()); }
      break;
    case 1:
      made.insert(here, static_cast<std::uint8_t>(random()));
      break;
    case 2:
      made.erase(here, here + some);
      break;
    case 3: {
      const input piece(here, here + some);
      made.insert(here, piece.begin(), piece.end());
      break;
    }
    default: {
      const input& other = corpus[below(corpus.size())];
      made.resize(at);
      made.insert(made.end(), other.begin() + static_cast<std::ptrdiff_t>(below(other.size() + 1)), other.end());
      break;
    }
    }
  }
  made.resize(std::min(made.size(), k_longest));
  return made;
}

} // namespace

int main(int count, char** words) {
  program = words[0];
  std::size_t mutations = 0;
  std::uint64_t seed = 1;
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (word.starts_with("--") && i + 1 < count) {
      (word == "--seed" ? seed : mutations) = std::strtoull(words[++i], nullptr, 10);
    } else if (std::filesystem::is_directory(word)) {
      for (const auto& entry : std::filesystem::directory_iterator(word)) { files.push_back(entry.path()); }
    } else {
      files.emplace_back(word);
    }
  }
  if (files.empty()) {
    std::fprintf(stderr, "usage: %s [--mutations N] [--seed S] FILE|FOLDER...\n", program);
    return 2;
  }
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  mutations /= 10;
#endif
  watch_the_end();
  std::sort(files.begin(), files.end()); // the same mutations on every machine
  std::vector<input> corpus;
  for (const auto& file : files) { corpus.push_back(read(file)); }
  for (const input& one : corpus) { run(one); }
  std::mt19937_64 random(seed);
  for (std::size_t i = 0; i < mutations; ++i) { run(mutated(corpus, random)); }
  std::printf("%zu inputs, %zu mutations of seed %llu: nothing found\n", corpus.size(), mutations,
              static_cast<unsigned long long>(seed));
  return 0;
}
