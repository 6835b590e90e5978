#pragma once
// record_step: one of the joined stages of a record part.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stages/record/csv_framer.hpp"
#include "stages/record/expression.hpp"
#include "stages/record/record_ledger.hpp"
#include "stages/record/record_stages.hpp"
#include "stages/record/select_list.hpp"

namespace weir::stages {

/// As many meet in one part; what follows is the next part.
inline constexpr std::size_t k_most_steps = 8;

struct record_step {
  enum class kind : std::uint8_t { json, csv, where, select, to };

  kind what{};
  record_policy on_error{};
  shared_ledger ledger{};            ///< never null
  record_account* account = nullptr; ///< in the ledger; never null
  validation check{};                ///< of json
  csv_framing framing{};             ///< of csv
  std::optional<predicate> test{};   ///< of where
  std::vector<selected> columns{};   ///< of select
  text_form form{};                  ///< of to

  /// Records begin here.
  [[nodiscard]] bool reads() const noexcept { return what == kind::json || what == kind::csv; }
};

/// In their order, at most k_most_steps. Never changed once a part has them.
using record_steps = std::vector<record_step>;

[[nodiscard]] inline std::string name_of(const record_step& step) {
  constexpr const char* k_names[] = {"json", "csv", "where", "select", "to"};
  return k_names[static_cast<std::size_t>(step.what)];
}

} // namespace weir::stages
