// Running the real program: what it prints, how it ends, and a folder of its own to do it in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace weir::command {

/// A new folder, removed with all it holds at the end.
class test_folder {
 public:
  test_folder();
  ~test_folder();
  test_folder(const test_folder&) = delete;
  test_folder& operator=(const test_folder&) = delete;

  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  void write(std::string_view name, std::string_view bytes) const;
  [[nodiscard]] std::string read(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;
  /// The names of all that is in it, sorted, with a blank after each.
  [[nodiscard]] std::string names() const;

 private:
  std::filesystem::path path_;
};

/// How a program ended, and what it said.
struct ending {
  int code = -1;  // its exit code; -1 when a signal killed it
  int signal = 0; // that signal
  std::string out;
  std::string err;
};

/// A program under way, in a folder. It is killed after two minutes, so that no test hangs.
class running_program {
 public:
  struct settings {
    std::string program;                 // empty: weir
    std::string input;                   // what its standard input holds, then its end
    bool open_input = false;             // instead: a pipe that tell() writes to and that has no end before end_input()
    bool pipe_output = false;            // standard output is a pipe of the usual size that only read_output() reads
    std::function<void()> before_exec{}; // runs in the child; only async-signal-safe calls
  };

  running_program(const test_folder& folder, std::vector<std::string> words, settings with);
  running_program(const test_folder& folder, std::vector<std::string> words)
      : running_program(folder, std::move(words), settings()) {}
  ~running_program();
  running_program(const running_program&) = delete;
  running_program& operator=(const running_program&) = delete;

  void tell(std::string_view bytes);
  void end_input();
  /// Reads its standard error until it holds the text. False: it ended before.
  [[nodiscard]] bool await_error(std::string_view text);
  /// What await_error() has read so far.
  [[nodiscard]] const std::string& error_so_far() const noexcept { return error_text_; }
  [[nodiscard]] std::string read_output(std::size_t bytes);
  void close_output();
  /// Waits until it has installed a handler for the signal.
  void await_handler(int signal) const;
  /// What ps shows of it: its words with a blank behind each.
  [[nodiscard]] std::string title() const;
  /// Waits until the pipe of its standard output takes no more.
  void await_full_output() const;
  void send(int signal) const;
  [[nodiscard]] ending wait();

 private:
  pid_t process_ = -1;
  int input_ = -1;
  int output_ = -1;
  int error_ = -1;
  bool output_is_pipe_ = false;
  std::string error_text_;
};

/// Runs weir in the folder to its end.
[[nodiscard]] ending weir_in(const test_folder& folder, std::vector<std::string> words, std::string input = {});

/// The same for any program found in PATH.
[[nodiscard]] ending program_in(const test_folder& folder, std::string program, std::vector<std::string> words);

/// Seeded bytes of every value; about one in eighty ends a line.
[[nodiscard]] std::string random_bytes(std::size_t count, std::uint64_t seed);

} // namespace weir::command
