#pragma once
// sifted: what travels from the replicas of a record part to its settle node: records, and what was put out of them.

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "stages/record/record_step.hpp"
#include "stages/record/rows.hpp"

namespace weir::stages {

/// A record that was put out, and where it stands until the settle node has dealt with it.
struct bad_row {
  std::uint64_t position = 0; ///< in its source; of its block, where that is all that is known
  std::uint32_t offset = 0;   ///< in the block
  std::uint32_t size = 0;     ///< with its line end
  std::uint32_t line = 0;     ///< line ends of the input block in front of it
  std::uint8_t step = 0;      ///< which of the joined steps found it out
  bool exact = true;          ///< of position
  bool cut = false;           ///< it is longer than what stands there
};

/// So many may travel with one item; what lies behind them in a block in place is left to the settle node.
inline constexpr std::size_t k_most_bad = 1024;
/// What an item's bad rows may hold, in bytes: a vector doubles.
inline constexpr std::size_t k_bad_bytes = 2 * k_most_bad * sizeof(bad_row);

/// What became of an item's records.
struct sift_counts {
  struct of_step {
    std::uint32_t filtered = 0;
    std::uint32_t rejected = 0;
  };
  std::uint32_t in = 0;    ///< records, good or bad
  std::uint32_t kept = 0;  ///< left the last step
  std::uint32_t lines = 0; ///< line ends gone past
  std::array<of_step, k_most_steps> steps{};
};

struct sifted {
  static constexpr bool k_holds_block = true;
  static constexpr std::size_t k_no_rest = std::numeric_limits<std::size_t>::max();

  block data;  ///< kept records; in place the bad rows still stand among them. Null: there are none
  rows source; ///< the input block, where the bad rows stand in it, not in data, or where there is a rest; else null
  row_format format = row_format::json;
  std::shared_ptr<const row_schema> schema{}; ///< of data
  bool placed = true;                         ///< of data: see rows
  std::uint32_t records = 0;                  ///< good ones in data

  sift_counts counts;
  std::vector<bad_row> bad;
  /// Where in the input block (in place: in data, whose size ends in front of it) the settle node goes on; k_no_rest: nowhere.
  std::size_t rest = k_no_rest;
  std::size_t rest_size = 0;

  // Of the input block as it came.
  row_format came_as = row_format::json;
  std::uint64_t position = 0;
  std::uint64_t end_position = 0;
  std::uint32_t source_number = 0;
  std::uint32_t header_lines = 0; ///< row_schema::header_lines
  bool gapless = false;
  bool in_place = true;
  bool first = true; ///< of the items that the input block became
  bool last = true;  ///< of them
  /// A piece of its block that does not end at a place known in the source: the next one belongs to it.
  bool open = false;
};

} // namespace weir::stages
