// What makes a stage returns: a piece of a pipeline, and what its type says of it.
#pragma once

#include "stages/record/rows.hpp"

#include <weir/pipe.hpp>

#include <type_traits>
#include <variant>

namespace weir::command {

enum class stage_kind { source, transform, sink };

/// What crosses from one stage to the next.
enum class item_kind {
  none,   // before a source, behind a sink
  blocks, // bytes
  rows    // records
};

using made_stage = std::variant<pipe<void, block>, pipe<block, block>, pipe<block, void>, pipe<void, stages::rows>,
                                pipe<block, stages::rows>, pipe<stages::rows, stages::rows>, pipe<stages::rows, block>,
                                pipe<stages::rows, void>>;

struct stage_shape {
  item_kind takes;
  item_kind gives;

  bool operator==(const stage_shape&) const = default;
  [[nodiscard]] constexpr stage_kind kind() const {
    if (takes == item_kind::none) return stage_kind::source;
    return gives == item_kind::none ? stage_kind::sink : stage_kind::transform;
  }
};

template <class Item>
inline constexpr item_kind k_kind_of_item = [] {
  static_assert(std::is_void_v<Item> || std::is_same_v<Item, block> || std::is_same_v<Item, stages::rows>,
                "weir: a stage of the command is a pipe whose items are blocks or rows");
  if constexpr (std::is_same_v<Item, block>) return item_kind::blocks;
  if constexpr (std::is_same_v<Item, stages::rows>) return item_kind::rows;
  return item_kind::none;
}();

/// What a maker's result is.
template <class Made>
inline constexpr stage_shape k_shape_of = {k_kind_of_item<typename Made::in_type>,
                                           k_kind_of_item<typename Made::out_type>};

} // namespace weir::command
