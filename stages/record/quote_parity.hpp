#pragma once

#include "stages/text/record_carrier.hpp"

namespace weir::stages {

/// A record of CSV whose quoted fields may hold line ends: it ends with the first LF that has an even number of quotes in front
/// of it since the record began. A doubled quote in a field changes nothing about that. Quotes are counted at memory speed.
class quote_parity_ends final : public record_ends {
 public:
  [[nodiscard]] std::size_t first(std::string_view text, bool inside) const override;
  [[nodiscard]] std::size_t last(std::string_view text) const override;
  [[nodiscard]] bool inside(std::string_view text, bool before) const override;
  [[nodiscard]] bool are_lines() const override { return false; }
};

} // namespace weir::stages
