#include "program.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace weir::command {

namespace {

constexpr unsigned k_longest_seconds = 120;

/// A file in memory that holds the text, to be read from its begin.
int memory_file(std::string_view text) {
  const int file = memfd_create("weir-test", MFD_CLOEXEC);
  EXPECT_EQ(::write(file, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  EXPECT_EQ(lseek(file, 0, SEEK_SET), 0);
  return file;
}

struct pipe_ends {
  int from;
  int to;
};

pipe_ends new_pipe() {
  std::array<int, 2> ends{};
  EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  return {ends[0], ends[1]};
}

void close_if_open(int& descriptor) {
  if (descriptor >= 0) ::close(std::exchange(descriptor, -1));
}

std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 65536> piece;
  ssize_t got = 0;
  while ((got = ::read(descriptor, piece.data(), piece.size())) > 0)
    text.append(piece.data(), static_cast<std::size_t>(got));
  return text;
}

} // namespace

test_folder::test_folder() {
  std::string name = testing::TempDir() + "weir-test-XXXXXX";
  EXPECT_NE(mkdtemp(name.data()), nullptr);
  path_ = name;
}

test_folder::~test_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void test_folder::write(std::string_view name, std::string_view bytes) const {
  std::ofstream file(path_ / name, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string test_folder::read(std::string_view name) const {
  std::ifstream file(path_ / name, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return std::move(bytes).str();
}

bool test_folder::has(std::string_view name) const {
  return std::filesystem::exists(std::filesystem::symlink_status(path_ / name));
}

std::string test_folder::names() const {
  std::vector<std::string> all;
  for (const auto& entry : std::filesystem::directory_iterator(path_)) all.push_back(entry.path().filename());
  std::ranges::sort(all);
  std::string text;
  for (const std::string& each : all) text += each + " ";
  return text;
}

running_program::running_program(const test_folder& folder, std::vector<std::string> words, settings with) {
  words.insert(words.begin(), with.program.empty() ? WEIR_PROGRAM : with.program);
  std::vector<char*> argv;
  for (std::string& each : words) argv.push_back(each.data());
  argv.push_back(nullptr);

  pipe_ends in{-1, -1};
  if (with.open_input) {
    in = new_pipe();
  } else {
    in.from = memory_file(with.input);
  }
  const pipe_ends out = with.pipe_output ? new_pipe() : pipe_ends{-1, memory_file({})};
  const pipe_ends err = new_pipe();
  process_ = fork();
  if (process_ == 0) {
    dup2(in.from, STDIN_FILENO);
    dup2(out.to, STDOUT_FILENO);
    dup2(err.to, STDERR_FILENO);
    for (const int signal : {SIGINT, SIGTERM, SIGPIPE}) std::signal(signal, SIG_DFL);
    if (chdir(folder.path().c_str()) != 0) _exit(126);
    alarm(k_longest_seconds);
    if (with.before_exec) with.before_exec();
    execvp(argv[0], argv.data());
    _exit(127);
  }
  ::close(in.from);
  ::close(err.to);
  input_ = in.to;
  error_ = err.from;
  output_is_pipe_ = with.pipe_output;
  output_ = with.pipe_output ? out.from : out.to;
  if (with.pipe_output) ::close(out.to);
}

running_program::~running_program() {
  if (process_ > 0) {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  close_if_open(input_);
  close_if_open(output_);
  close_if_open(error_);
}

void running_program::tell(std::string_view bytes) {
  ASSERT_EQ(::write(input_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
}

void running_program::end_input() { close_if_open(input_); }

bool running_program::await_error(std::string_view text) {
  std::array<char, 4096> piece;
  while (error_text_.find(text) == std::string::npos) {
    const ssize_t got = ::read(error_, piece.data(), piece.size());
    if (got <= 0) return false;
    error_text_.append(piece.data(), static_cast<std::size_t>(got));
  }
  return true;
}

std::string running_program::read_output(std::size_t bytes) {
  std::string text(bytes, '\0');
  std::size_t have = 0;
  while (have < bytes) {
    const ssize_t got = ::read(output_, text.data() + have, bytes - have);
    if (got <= 0) break;
    have += static_cast<std::size_t>(got);
  }
  text.resize(have);
  return text;
}

void running_program::close_output() { close_if_open(output_); }

void running_program::await_handler(int signal) const {
  const std::string status = "/proc/" + std::to_string(process_) + "/status";
  for (;;) {
    std::ifstream file(status);
    ASSERT_TRUE(file) << "the program has ended";
    for (std::string line; std::getline(file, line);) {
      if (!line.starts_with("SigCgt:")) continue;
      if ((std::stoull(line.substr(7), nullptr, 16) >> (signal - 1) & 1) != 0) return;
    }
    sched_yield();
  }
}

std::string running_program::title() const {
  std::ifstream file("/proc/" + std::to_string(process_) + "/cmdline", std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  std::string words = std::move(bytes).str();
  std::ranges::replace(words, '\0', ' ');
  return words;
}

void running_program::await_full_output() const {
  int held = 0;
  int room = 0;
  do {
    sched_yield();
    pollfd hung_up{output_, 0, 0};
    ASSERT_EQ(poll(&hung_up, 1, 0), 0) << "the program has ended";
    ASSERT_EQ(ioctl(output_, FIONREAD, &held), 0);
    room = fcntl(output_, F_GETPIPE_SZ); // the child may still be making it smaller
    ASSERT_GT(room, 0);
  } while (held < room);
}

void running_program::send(int signal) const { ASSERT_EQ(kill(process_, signal), 0); }

ending running_program::wait() {
  ending result;
  error_text_ += read_all(error_);
  if (output_is_pipe_ && output_ >= 0) result.out = read_all(output_);
  int status = 0;
  EXPECT_EQ(waitpid(process_, &status, 0), process_);
  process_ = -1;
  if (WIFEXITED(status)) result.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  if (!output_is_pipe_ && lseek(output_, 0, SEEK_SET) == 0) result.out = read_all(output_);
  result.err = error_text_;
  return result;
}

ending weir_in(const test_folder& folder, std::vector<std::string> words, std::string input) {
  running_program::settings with;
  with.input = std::move(input);
  return running_program(folder, std::move(words), std::move(with)).wait();
}

ending program_in(const test_folder& folder, std::string program, std::vector<std::string> words) {
  running_program::settings with;
  with.program = std::move(program);
  return running_program(folder, std::move(words), std::move(with)).wait();
}

std::string random_bytes(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string bytes(count, '\0');
  for (char& each : bytes) {
    const std::uint64_t drawn = random();
    each = drawn % 80 == 0 ? '\n' : static_cast<char>(drawn >> 32);
  }
  return bytes;
}

} // namespace weir::command
