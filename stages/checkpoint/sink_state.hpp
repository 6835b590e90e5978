#pragma once
// What a journal knows of one sink. Guarded by the journal's lock.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "stages/journal/journal.hpp"

namespace weir::stages {

struct sink_state {
  /// Of one source.
  struct share {
    std::uint64_t begin = 0;   ///< durable before this run
    std::uint64_t taken = 0;   ///< by the sink
    std::uint64_t durable = 0; ///< since begin
    std::uint64_t records = 0; ///< up to taken
    bool finished = false;     ///< durable up to the end that the source has
  };

  std::string name;
  bool aware = false; ///< it has called the journal itself
  bool own = false;   ///< it keeps its positions itself
  bool anew = false;  ///< it has to see everything again
  bool took_all = false;
  bool lost = false;                     ///< it got blocks of unknown places
  std::vector<saved_position> stored;    ///< durable, as the checkpoint has it or will have it
  std::vector<saved_position> pending;   ///< given out by positions()
  std::vector<std::uint32_t> pending_of; ///< their sources
  std::optional<std::uint64_t> mark;     ///< durable
  std::optional<std::uint64_t> next_mark;
  std::vector<share> of_source; ///< by the source's number less one

  [[nodiscard]] share& at(std::uint32_t source) {
    if (of_source.size() < source) of_source.resize(source);
    return of_source[source - 1];
  }
  [[nodiscard]] const share* find(std::uint32_t source) const {
    return source == 0 || of_source.size() < source ? nullptr : &of_source[source - 1];
  }

  void forget(const source_identity& file);
  void store(const saved_position& at);
  /// What is pending, and the next mark.
  void make_durable();
};

/// How far all sinks have the source that look at positions at all; 0 where none does.
[[nodiscard]] std::uint64_t durable_at_all(const std::deque<sink_state>& sinks, std::uint32_t source);

} // namespace weir::stages
