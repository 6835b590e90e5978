#pragma once

#include <string_view>
#include <vector>

namespace weir::command {

/// For each byte of a text whether it belongs to what secrets.hpp hides.
[[nodiscard]] std::vector<bool> secret_bytes(std::string_view text);

} // namespace weir::command
