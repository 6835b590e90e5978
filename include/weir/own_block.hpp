#pragma once
// make_own: behind a tee several branches hold the same bytes; a stage that changes bytes in place copies them first.

#include <weir/block.hpp>
#include <weir/stage.hpp>

#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

namespace weir {

/// Blocks that a stage which calls make_own() needs behind a tee (stage_needs::blocks_if_shared): the copy in hand and the
/// one downstream.
inline constexpr std::size_t k_own_blocks = 2;

/// Makes `item` a block whose bytes nobody else holds. step::more: it is; step::memory: no block for the copy now. Throws
/// std::runtime_error when the block is larger than the stage's whole pool.
[[nodiscard]] inline step make_own(block& item, stage_context& context) {
  if (!item.shared()) return step::more;
  block_pool& pool = context.blocks();
  const std::size_t bytes = item.size();
  if (bytes + k_block_headroom > pool.limit()) {
    throw std::runtime_error("a block of " + std::to_string(bytes) + " bytes from byte " +
                             std::to_string(item.position()) +
                             " on is too large to be copied for this branch of the tee");
  }
  block own = bytes <= pool.payload() ? pool.try_take() : pool.try_take_large(bytes);
  if (!own) return step::memory;
  std::memcpy(own.data(), item.data(), bytes);
  own.resize(bytes);
  own.came_from(item);
  item = std::move(own);
  return step::more;
}

} // namespace weir
