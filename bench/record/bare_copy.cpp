// bare_copy ROWS SERVER: COPY into the table t in one transaction, its text fed from memory in pieces of 64 KiB. Prints the
// seconds from connecting to having disconnected.

#include "bench/record/memory_rows.hpp"

#include <libpq-fe.h>

#include <algorithm>

namespace {

void must(bool well, PGconn* server) {
  if (well) { return; }
  std::fputs(PQerrorMessage(server), stderr);
  std::exit(1);
}

void execute(PGconn* server, const char* text, ExecStatusType wanted) {
  PGresult* const said = PQexec(server, text);
  must(PQresultStatus(said) == wanted, server);
  PQclear(said);
}

void store(const std::string& text, const char* where) {
  constexpr std::size_t k_piece = 64 << 10;
  PGconn* const server = PQconnectdb(where);
  must(PQstatus(server) == CONNECTION_OK, server);
  execute(server, "CREATE TABLE IF NOT EXISTS t (ts text, status bigint, path text, ms bigint)", PGRES_COMMAND_OK);
  execute(server, "COPY t FROM STDIN", PGRES_COPY_IN);
  for (std::size_t at = 0; at < text.size(); at += k_piece) {
    const std::size_t size = std::min(k_piece, text.size() - at);
    must(PQputCopyData(server, text.data() + at, static_cast<int>(size)) == 1, server);
  }
  must(PQputCopyEnd(server, nullptr) == 1, server);
  PGresult* const said = PQgetResult(server);
  must(PQresultStatus(said) == PGRES_COMMAND_OK, server);
  PQclear(said);
  PQfinish(server);
}

} // namespace

int main(int count, char** words) {
  if (count != 3) { return 2; }
  const std::string text = bare::text_of(words[1]);
  const bare::stopwatch watch;
  store(text, words[2]);
}
