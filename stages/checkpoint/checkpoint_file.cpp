#include "stages/checkpoint/checkpoint_file.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <utility>

#include "stages/file/input_file.hpp"
#include "stages/file/output_file.hpp"

namespace weir::stages {

checkpoint_file::checkpoint_file(std::string path) : path_(std::move(path)) {
  // Told now rather than after an hour's work.
  if (const output_file probe(path_); probe.in_place())
    throw std::runtime_error("checkpoint: " + path_ + " is not a regular file");
}

std::optional<checkpoint> checkpoint_file::load() const {
  if (::access(path_.c_str(), F_OK) != 0 && errno == ENOENT) return std::nullopt; // else opening it tells
  std::string text;
  input_file file(path_);
  std::array<std::byte, 4096> piece{};
  for (auto got = file.read(piece); got.what == input_file::outcome::bytes; got = file.read(piece))
    text.append(reinterpret_cast<const char*>(piece.data()), got.bytes);
  try {
    return parse_checkpoint(text);
  } catch (const bad_checkpoint& error) {
    throw bad_checkpoint("checkpoint " + path_ + ": " + error.what() + "; remove it to begin anew");
  }
}

void checkpoint_file::store(const checkpoint& what) const {
  const std::string text = text_of(what);
  output_file file(path_);
  file.write(std::as_bytes(std::span(text)));
  file.commit(true);
}

} // namespace weir::stages
