#include "stages/db/postgres_connection.hpp"

#include <poll.h>

#include <array>
#include <cctype>
#include <charconv>
#include <utility>

#include "stages/db/connect_failure.hpp"
#include "stages/db/libpq.hpp"

namespace weir::stages {
namespace {

constexpr std::size_t k_flush_at = 64 << 10;
constexpr std::chrono::milliseconds k_look_around{100}; // how late a stop may be seen
constexpr auto k_forever = std::chrono::steady_clock::time_point::max();

struct options_closer {
  void operator()(PQconninfoOption* options) const { pq().PQconninfoFree(options); }
};
using parsed_url = std::unique_ptr<PQconninfoOption, options_closer>;

parsed_url parsed(const std::string& url) { return parsed_url(pq().PQconninfoParse(url.c_str(), nullptr)); }

std::string value_of(const parsed_url& url, std::string_view keyword) {
  for (const PQconninfoOption* o = url.get(); o != nullptr && o->keyword != nullptr; ++o) {
    if (keyword == o->keyword && o->val != nullptr) return o->val;
  }
  return {};
}

std::string trimmed(std::string text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) { text.pop_back(); }
  for (char& c : text) {
    if (c == '\n' || c == '\t') c = ' ';
  }
  return text;
}

// "COPY t, line 3, column n", the outermost of the contexts; 0 where the server speaks another language.
std::size_t line_in(const char* context) {
  if (context == nullptr) return 0;
  const std::string_view text(context);
  const std::size_t copy = text.rfind("COPY ");
  if (copy == std::string_view::npos) return 0;
  constexpr std::string_view k_line = ", line ";
  const std::size_t at = text.find(k_line, copy);
  if (at == std::string_view::npos) return 0;
  std::size_t line = 0;
  std::from_chars(text.data() + at + k_line.size(), text.data() + text.size(), line);
  return line;
}

} // namespace

bool server_words::about_a_row() const {
  const std::string_view group = std::string_view(state).substr(0, 2);
  return group == "22" || group == "23" || group == "44" || group == "54" || group == "P0" || group == "21";
}

bool server_words::passing() const { return state == "40001" || state == "40P01" || state == "55P03"; }

std::string quoted_table(std::string_view table) {
  std::string quoted = "\"";
  for (const char c : table) {
    if (c == '"') quoted += '"';
    if (c == '.') {
      quoted += "\".\"";
    } else {
      quoted += c;
    }
  }
  return quoted += '"';
}

std::string quoted_column(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted += '"';
}

std::string postgres_connection::address_of(const std::string& url) {
  const parsed_url given = parsed(url);
  if (!given) {
    throw std::invalid_argument("that is no PostgreSQL address: postgresql://host/database or \"host=… dbname=…\"");
  }
  std::string address = value_of(given, "host");
  if (address.empty()) address = value_of(given, "hostaddr");
  if (const std::string port = value_of(given, "port"); !port.empty()) address.append(":").append(port);
  if (const std::string name = value_of(given, "dbname"); !name.empty()) address.append("/").append(name);
  if (const std::string service = value_of(given, "service"); !service.empty())
    address.append(" service ").append(service);
  return address.empty() ? "the default server" : address;
}

void postgres_connection::closer::operator()(pg_conn* connection) const noexcept { pq().PQfinish(connection); }
void postgres_connection::closer::operator()(pg_result* result) const noexcept { pq().PQclear(result); }

postgres_connection::postgres_connection(const std::string& url, std::chrono::milliseconds patience,
                                         std::function<bool()> stopped)
    : stopped_(std::move(stopped)), address_(address_of(url)), mask_(url) {
  const std::array keywords{"tcp_user_timeout", "fallback_application_name", "dbname", "client_encoding",
                            static_cast<const char*>(nullptr)};
  const std::array values{"30000", "weir", url.c_str(), "UTF8", static_cast<const char*>(nullptr)};
  connection_.reset(pq().PQconnectStartParams(keywords.data(), values.data(), 1));
  if (!connection_) throw std::bad_alloc();
  const parsed_url given = parsed(url);
  for (const char* keyword : {"password", "sslpassword"}) { mask_.add(value_of(given, keyword)); }
  if (const char* const used = pq().PQpass(connection_.get()))
    mask_.add(used);                                             // also one from the environment or .pgpass
  pq().PQsetErrorVerbosity(connection_.get(), PQERRORS_VERBOSE); // so that they come with their codes
  connect(patience);
  pq().PQsetErrorVerbosity(connection_.get(), PQERRORS_DEFAULT);
  pq().PQsetnonblocking(connection_.get(), 1);
  pq().PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
}

void postgres_connection::connect(std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  PostgresPollingStatusType next =
      pq().PQstatus(connection_.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (next != PGRES_POLLING_OK) {
    if (next == PGRES_POLLING_FAILED) {
      const connect_failure why = connect_failure_of(pq().PQerrorMessage(connection_.get()));
      const bool needs_password = pq().PQconnectionNeedsPassword(connection_.get()) != 0;
      if (why.passing && !needs_password) throw connection_lost(mask_(why.text));
      throw database_error(address_ + ": " + mask_(why.text));
    }
    wait(next == PGRES_POLLING_READING ? POLLIN : POLLOUT, until);
    next = pq().PQconnectPoll(connection_.get());
  }
}

void postgres_connection::wait(short events, std::chrono::steady_clock::time_point until) {
  for (;;) {
    if (stopped_ && stopped_()) throw connection_lost("stopped");
    if (std::chrono::steady_clock::now() >= until) throw connection_lost("no answer");
    pollfd one{pq().PQsocket(connection_.get()), events, 0};
    if (one.fd < 0) lost();
    if (::poll(&one, 1, static_cast<int>(k_look_around.count())) > 0) return;
  }
}

void postgres_connection::flush() {
  put_ = 0;
  for (;;) {
    const int left = pq().PQflush(connection_.get());
    if (left < 0) lost();
    if (left == 0) return;
    wait(POLLIN | POLLOUT, k_forever); // The server may say something that has to be taken before it takes more.
    if (pq().PQconsumeInput(connection_.get()) == 0) lost();
  }
}

postgres_connection::result postgres_connection::next() {
  flush();
  while (pq().PQisBusy(connection_.get()) != 0) {
    wait(POLLIN, k_forever);
    if (pq().PQconsumeInput(connection_.get()) == 0) lost();
  }
  return result(pq().PQgetResult(connection_.get()));
}

postgres_connection::answer postgres_connection::last_answer() {
  answer rows;
  std::optional<server_words> against;
  while (const result each = next()) {
    const ExecStatusType status = pq().PQresultStatus(each.get());
    if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
      if (pq().PQstatus(connection_.get()) == CONNECTION_BAD) lost();
      if (!against) against = words_of(each.get());
    }
    rows.assign(static_cast<std::size_t>(pq().PQntuples(each.get())), {});
    for (int r = 0; r < pq().PQntuples(each.get()); ++r) {
      for (int c = 0; c < pq().PQnfields(each.get()); ++c) {
        rows[static_cast<std::size_t>(r)].emplace_back(pq().PQgetvalue(each.get(), r, c));
      }
    }
    if (status == PGRES_COPY_IN) break; // Its end is told after its data.
  }
  if (against) throw server_refusal(address_, std::move(*against));
  return rows;
}

postgres_connection::answer postgres_connection::ask(const std::string& statements) {
  if (pq().PQsendQuery(connection_.get(), statements.c_str()) == 0) lost();
  return last_answer();
}

postgres_connection::answer postgres_connection::ask(const std::string& statement,
                                                     const std::vector<std::string>& parameters) {
  std::vector<const char*> values;
  for (const std::string& one : parameters) { values.push_back(one.c_str()); }
  if (pq().PQsendQueryParams(connection_.get(), statement.c_str(), static_cast<int>(values.size()), nullptr,
                             values.data(), nullptr, nullptr, 0) == 0) {
    lost();
  }
  return last_answer();
}

void postgres_connection::begin_copy(const std::string& statement) {
  ask(statement);
  copying_ = true;
}

void postgres_connection::put(std::string_view data) {
  while (!data.empty()) {
    const std::string_view piece = data.substr(0, k_flush_at);
    data.remove_prefix(piece.size());
    if (pq().PQputCopyData(connection_.get(), piece.data(), static_cast<int>(piece.size())) != 1) lost();
    put_ += piece.size();
    if (put_ >= k_flush_at) flush();
  }
}

std::optional<server_words> postgres_connection::end_copy() {
  copying_ = false;
  if (pq().PQputCopyEnd(connection_.get(), nullptr) != 1) lost();
  try {
    last_answer();
  } catch (const server_refusal& refusal) { return refusal.words(); }
  return std::nullopt;
}

// IF NOT EXISTS looks before it makes: of two at once one may fail on the catalogue's own keys.
void postgres_connection::make_table(const std::string& name, const std::string& statement) {
  try {
    ask(statement);
  } catch (const server_refusal& refusal) {
    const std::string& state = refusal.words().state;
    if (state == "23505" || state == "42P07") return;
    if (refusal.words().passing()) throw;
    throw server_refusal(address_, {state, "cannot make the table " + name + ": " + refusal.words().text});
  }
}

server_words postgres_connection::words_of(const pg_result* said) const {
  const auto field = [&](int code) {
    const char* const text = pq().PQresultErrorField(said, code);
    return std::string(text == nullptr ? "" : text);
  };
  std::string text = field(PG_DIAG_MESSAGE_PRIMARY);
  if (text.empty()) text = trimmed(pq().PQresultErrorMessage(said));
  return {field(PG_DIAG_SQLSTATE), mask_(text), line_in(pq().PQresultErrorField(said, PG_DIAG_CONTEXT))};
}

std::string postgres_connection::last_words() const { return mask_(trimmed(pq().PQerrorMessage(connection_.get()))); }

void postgres_connection::lost() const { throw connection_lost(last_words()); }

} // namespace weir::stages
