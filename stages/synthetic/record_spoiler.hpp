#pragma once
// record_spoiler: makes some of the records bad, to see what becomes of them.

#include <cstdint>

namespace weir::stages {

/// Spoils a share of NDJSON records: half a line, a raw control byte, bad UTF-8, text behind the record, a value that is missing, a
/// string that is not closed. None of them is JSON any more. Which ones, and how, depends on the seed and their number alone.
class record_spoiler {
 public:
  /// Throws std::invalid_argument unless 0 ≤ share ≤ 1.
  record_spoiler(double share, std::uint64_t seed);

  /// A record with its line end, which has room for one byte more: its new end.
  char* pass(char* record, char* end);

 private:
  std::uint64_t draw();
  static char* spoil(char* record, char* end, std::uint64_t how);

  std::uint64_t below_ = 0; ///< a draw below this spoils
  std::uint64_t state_;
};

} // namespace weir::stages
