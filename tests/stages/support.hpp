#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace weir::test {

/// A folder of its own for one test, removed at its end.
class scratch_dir {
 public:
  scratch_dir();
  ~scratch_dir();
  scratch_dir(const scratch_dir&) = delete;
  scratch_dir& operator=(const scratch_dir&) = delete;

  std::string operator/(std::string_view name) const { return (path_ / name).string(); }
  const std::filesystem::path& path() const { return path_; }
  /// How many files and folders lie in it.
  std::size_t entries() const;

 private:
  std::filesystem::path path_;
};

std::string read_file(const std::string& path);
void write_file(const std::string& path, std::string_view text);

/// Runs a shell command with `input` on its standard input and returns its standard output; a command that
/// fails fails the test, unless `status` is given, which then gets the exit status.
std::string run_tool(const std::string& command, std::string_view input = {}, int* status = nullptr);

/// Incompressible bytes.
std::string random_bytes(std::uint64_t seed, std::size_t size);
/// Lines of a few words each, some empty, some long, the last one perhaps without its newline.
std::string random_lines(std::uint64_t seed, std::size_t size);

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
inline std::span<std::byte> writable_bytes_of(std::string& text) {
  return std::as_writable_bytes(std::span(text.data(), text.size()));
}

} // namespace weir::test
