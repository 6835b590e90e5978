#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::command {

/// The passwords that stand before an '@' in addresses in a text, as [begin, end) each.
[[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> secrets_in_urls(std::string_view text);

} // namespace weir::command
