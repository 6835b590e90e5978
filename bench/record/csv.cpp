// bench_csv [the options of support/results.hpp]
//
// How fast csv's two halves are, each on one core: the scan of quotes that finds where the last record of a block ends, and
// the reader, which takes two fields of eight. Beside them a loop of memchr that splits lines and fields and knows no quotes.

#include "bench/support/results.hpp"
#include "stages/record/csv_reader.hpp"
#include "stages/record/quote_parity.hpp"

#include <cstring>
#include <string>
#include <vector>

namespace {

using namespace weir;

constexpr std::size_t k_total = 64u << 20;

/// Rows of an access log; `quoted`: the agent stands in quotes, with a comma in it.
std::string log_rows(bool quoted, std::size_t size) {
  std::string text;
  unsigned long long random = 88172645463325252u;
  while (text.size() < size) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    const auto number = [](unsigned long long n) { return std::to_string(n); };
    for (const std::string& piece :
         {std::string("2026-11-24T00:"), number(10 + random % 50), std::string(":17.103Z,10.1."), number(random % 256),
          std::string(".7,GET,/api/v1/items/"), number(random % 100'000), std::string("/view,"),
          number(random % 20 == 0 ? 500 : 200), std::string(","), number(random % 90'000), std::string(","),
          number(random % 700), std::string(".25,")})
      text += piece;
    text +=
        quoted ? "\"Mozilla/5.0 (X11; Linux x86_64, rv:128.0) Gecko/20100101\"\n" : "Mozilla/5.0 (X11; Linux x86_64)\n";
  }
  return text;
}

/// The text in blocks of whole records.
struct table {
  explicit table(bool quoted) {
    const std::string rows = log_rows(quoted, pool.payload() - 400);
    schema.columns = {"ts", "ip", "method", "path", "status", "bytes", "ms", "agent"};
    schema.quoted_newlines = quoted;
    for (; bytes < k_total; bytes += rows.size()) {
      stages::rows& made = blocks.emplace_back();
      made.data = pool.try_take();
      made.format = stages::row_format::csv;
      std::memcpy(made.data.data(), rows.data(), rows.size());
      made.data.resize(rows.size());
    }
  }
  block_pool pool{k_block_size, 2 * k_total};
  stages::row_schema schema;
  std::vector<stages::rows> blocks;
  std::size_t bytes = 0;
};

/// Sum of the status and of the path's lengths: so that nothing is left out.
unsigned long long by_memchr(const table& t) {
  unsigned long long sum = 0;
  for (const stages::rows& r : t.blocks) {
    const char* at = r.data.text().data();
    const char* const end = at + r.data.size();
    while (at != end) {
      const auto* const next = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
      const char* fields[8];
      for (std::size_t i = 0; i < 8; ++i) {
        const auto* const comma = static_cast<const char*>(std::memchr(at, ',', static_cast<std::size_t>(next - at)));
        fields[i] = at;
        at = comma == nullptr ? next : comma + 1;
      }
      for (const char* c = fields[4]; *c != ','; ++c) sum += static_cast<unsigned>(*c - '0');
      sum += static_cast<unsigned long long>(fields[4] - fields[3] - 1);
      at = next + 1;
    }
  }
  return sum;
}

unsigned long long by_reader(const table& t) {
  const auto reader = stages::make_csv_reader(t.schema, {.wanted = {{{"path"}}, {{"status"}}}});
  unsigned long long sum = 0;
  for (const stages::rows& r : t.blocks) {
    reader->begin(r);
    while (reader->next() == stages::record_reader::found::record) {
      const auto cells = reader->cells();
      for (auto status = cells[1].integer; status > 0; status /= 10)
        sum += static_cast<unsigned long long>(status % 10);
      sum += cells[0].text.size();
    }
  }
  return sum;
}

unsigned long long by_parity(const table& t) {
  const stages::quote_parity_ends ends;
  unsigned long long sum = 0;
  for (const stages::rows& r : t.blocks) sum += ends.last(r.data.text());
  return sum;
}

} // namespace

int main(int count, char** words) {
  bench::report report("csv", bench::read_options(count, words));
  const table plain(false);
  const table quoted(true);
  const unsigned long long want = by_memchr(plain);
  const unsigned long long want_quoted = by_reader(quoted);
  const auto run = [](std::string name, const table& t, auto read, unsigned long long answer) {
    return bench::whole(std::move(name), static_cast<double>(t.bytes),
                        [&t, read, answer] { bench::must_equal(read(t), answer, "csv"); });
  };
  report.ask({.name = "csv on one core: two columns of eight",
              .unit = "GB/s",
              .scale = 1e9,
              .all = {run("weir reader", plain, by_reader, want), run("memchr loop", plain, by_memchr, want),
                      run("weir reader, a quoted field", quoted, by_reader, want_quoted),
                      run("weir quote parity", quoted, by_parity, quoted.bytes)},
              .versus = {{"weir reader", "memchr loop"}}},
             report.rounds(15));
  return report.done();
}
