#include "tests/stages/support.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

namespace weir::test {

scratch_dir::scratch_dir() {
  std::string name = (std::filesystem::temp_directory_path() / "weir-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::filesystem::filesystem_error("mkdtemp", name, {});
  path_ = name;
}

scratch_dir::~scratch_dir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::size_t scratch_dir::entries() const {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), {}));
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.is_open()) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const std::string& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  EXPECT_FALSE(out.fail()) << path;
}

std::string run_tool(const std::string& command, std::string_view input, int* status) {
  scratch_dir scratch;
  write_file(scratch / "in", input);
  std::string line = "{ " + command + "\n} < '" + (scratch / "in") + "' 2> '" + (scratch / "err") + "'";
  FILE* pipe = popen(line.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("popen: " + command);
  std::string output;
  std::array<char, 65536> piece{};
  while (std::size_t got = std::fread(piece.data(), 1, piece.size(), pipe)) output.append(piece.data(), got);
  int ended = pclose(pipe);
  int code = WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
  if (status != nullptr)
    *status = code;
  else
    EXPECT_EQ(code, 0) << command << ": " << read_file(scratch / "err");
  return output;
}

std::string random_bytes(std::uint64_t seed, std::size_t size) {
  std::mt19937_64 random(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

std::string random_lines(std::uint64_t seed, std::size_t size) {
  constexpr std::array<std::string_view, 12> k_words = {"river", "weir", "500", "\"status\":500",    "GET",   "a",
                                                        "",      "\r",   "x.y", "\xc3\xa9t\xc3\xa9", "Error", "lock"};
  std::mt19937_64 random(seed);
  std::string text;
  while (text.size() < size) {
    std::uint64_t words = random() % 8;
    if (random() % 64 == 0) words = 200;
    for (; words > 0; --words) text.append(k_words[random() % k_words.size()]).append(" ");
    text.push_back('\n');
  }
  text.resize(size);
  return text;
}

} // namespace weir::test
