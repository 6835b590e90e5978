// A rate as written on the command line, as the stages take it.
#pragma once

#include "apps/weir/units.hpp"
#include "stages/flow/pace.hpp"

namespace weir::command {

[[nodiscard]] inline stages::pace_options pace_of(const rate& from) noexcept {
  using unit = stages::pace_options::unit;
  return {.per_second = from.per_second, .of = from.of == rate::unit::bytes ? unit::bytes : unit::records};
}

} // namespace weir::command
