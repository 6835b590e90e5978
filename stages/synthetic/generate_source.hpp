#pragma once

#include <weir/block.hpp>
#include <weir/pipe.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

#include "stages/flow/pace.hpp"
#include "stages/synthetic/record_generator.hpp"

namespace weir::stages {

struct generate_options {
  generator_options what{};               ///< format, seed, size of a record
  std::optional<std::uint64_t> records{}; ///< stop after so many
  std::optional<std::uint64_t> bytes{};   ///< stop behind the record that reaches it; random bytes stop there
  std::optional<std::chrono::nanoseconds> lasting{}; ///< stop after that time
  std::optional<pace_options> rate{};                ///< as fast as downstream takes it, if none
};

/// Synthetic records until the first limit is reached, without end if there is none. Text records come in
/// blocks of whole records; one that does not fit a block is a std::runtime_error. Throws
/// std::invalid_argument for what record_generator and pace refuse.
pipe<void, block> generate(generate_options options);

} // namespace weir::stages
