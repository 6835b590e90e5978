#include "stages/db/copy_pieces.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

namespace weir::stages {
namespace {

std::optional<server_words> refusal_of(postgres_connection& server, const std::string& copy, std::string_view rows) {
  server.begin_copy(copy);
  server.put(rows);
  return server.end_copy();
}

} // namespace

void copy_in_pieces(postgres_connection& server, const std::string& copy, copy_batch& batch, row_intake& intake) {
  std::size_t most = batch.size();
  for (std::size_t first = 0; first < batch.size();) {
    if (batch.at(first).refused) { // before a connection was lost
      ++first;
      continue;
    }
    std::size_t last = first + 1;
    while (last < batch.size() && last - first < most && !batch.at(last).refused) { ++last; }
    server.ask("SAVEPOINT weir");
    const std::optional<server_words> against = refusal_of(server, copy, batch.text_of(first, last));
    if (!against) {
      server.ask("RELEASE SAVEPOINT weir");
      most = 2 * (last - first);
      first = last;
      continue;
    }
    if (!against->about_a_row()) throw server_refusal(server.address(), *against);
    server.ask("ROLLBACK TO SAVEPOINT weir; RELEASE SAVEPOINT weir");
    if (last - first == 1) {
      batch.at(first).refused = true;
      intake.reject(batch.at(first).origin, batch.raw_of(first, intake), reject_class::refused, against->text);
    } else if (against->line > 0 && against->line <= last - first) {
      most = std::max<std::size_t>(against->line - 1, 1); // what stands before the guilty row, or the row itself
    } else {
      most = (last - first) / 2;
    }
  }
}

} // namespace weir::stages
