#pragma once
// The text of a checkpoint file, a line a fact:
//
//   weir checkpoint 1
//   job JOB
//   sink NAME MARK                    MARK: a number or -
//   at DEVICE INODE POSITION HEAD_BYTES HEAD_HASH TAIL_END TAIL_HASH RECORDS open|ended PATH
//   end HASH                          of all before it
//
// Numbers are decimal, hashes 16 hexadecimal digits; in names and paths, bytes up to the space, %, and 0x7f are written as %xx.

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "stages/journal/journal.hpp"

namespace weir::stages {

/// What one sink has durable.
struct sink_checkpoint {
  std::string name;
  std::optional<std::uint64_t> mark;
  std::vector<saved_position> positions;
};

struct checkpoint {
  std::string job;
  std::vector<sink_checkpoint> sinks;
};

/// A text that is no checkpoint, or not all of one.
class bad_checkpoint : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

[[nodiscard]] std::string text_of(const checkpoint& what);
/// Takes nothing that text_of() does not make. Throws bad_checkpoint: "line 3: ...".
[[nodiscard]] checkpoint parse_checkpoint(std::string_view text);

} // namespace weir::stages
