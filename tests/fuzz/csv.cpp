// csv, from bytes that are cut anywhere to cells, against a plain reader: several sources, headers and columns given, lines and
// quoted line ends.

#include "tests/fuzz/csv_reference.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/record/csv_support.hpp"

#include <algorithm>
#include <optional>

namespace {

using namespace weir;
using fuzz::must;

/// The bytes up to each 0x02 are a source; 0x03 stands for a long run.
std::vector<std::string> sources_of(std::string_view bytes) {
  std::vector<std::string> texts(1);
  std::size_t runs = 0;
  for (const char c : bytes) {
    if (c == '\x02') {
      texts.emplace_back();
    } else if (c == '\x03' && runs++ < 8) {
      texts.back().append(3000, 'z');
    } else {
      texts.back() += c;
    }
  }
  return texts;
}

std::vector<test::piece> pieces_of(const std::vector<std::string>& texts, std::size_t longest, bool numbered) {
  std::vector<test::piece> pieces;
  std::size_t total = 0;
  for (const std::string& text : texts) { total += text.size(); }
  const std::size_t size = std::max(longest, total / 256); // very short pieces of a long text show nothing new
  for (std::uint32_t i = 0; i < texts.size(); ++i) {
    for (std::size_t at = 0; at < texts[i].size(); at += size) {
      pieces.push_back({texts[i].substr(at, size), numbered ? i + 1 : 0, at});
    }
  }
  return pieces;
}

/// What one source should give; nothing: its header is refused.
std::optional<std::vector<test::csv_record>> wanted_of(std::string_view text, const stages::csv_framing& options) {
  if (text.starts_with("\xEF\xBB\xBF")) { text.remove_prefix(3); }
  std::vector<fuzz::reference_record> records =
      fuzz::reference_records(text, options.delimiter, options.quoted_newlines);
  std::vector<std::string> columns = options.columns;
  if (columns.empty() && !records.empty()) {
    if (records.front().bad_quote || !fuzz::reference_utf8(records.front().raw)) { return std::nullopt; }
    for (const fuzz::reference_field& field : records.front().fields) { columns.push_back(field.text); }
    records.erase(records.begin());
  }
  std::vector<test::csv_record> wanted;
  for (const fuzz::reference_record& record : records) {
    test::csv_record& to = wanted.emplace_back();
    to.raw = record.raw;
    if (record.bad_quote) {
      to.bad = "bad quote";
    } else if (record.fields.size() != columns.size()) {
      to.bad = "wrong number of fields";
    } else if (!fuzz::reference_utf8(record.raw)) {
      to.bad = "bad UTF-8";
    } else {
      for (const std::string& name : columns) { // of columns with one name the first is meant
        const auto at = std::find(columns.begin(), columns.end(), name) - columns.begin();
        to.cells.push_back(fuzz::reference_cell(record.fields[static_cast<std::size_t>(at)]));
      }
    }
  }
  return wanted;
}

/// As the framer passes it on: the last record ends with a line end, unless that would stand in quotes.
std::string ended(const std::string& text, bool quoted_newlines) {
  const bool open = quoted_newlines && std::count(text.begin(), text.end(), '"') % 2 == 1;
  return text.empty() || text.back() == '\n' || open ? text : text + '\n';
}

void compare(const std::vector<test::csv_record>& got, const std::vector<test::csv_record>& wanted) {
  for (std::size_t i = 0; i < std::min(got.size(), wanted.size()); ++i) {
    const std::string which = "record " + std::to_string(i);
    must(got[i].raw == wanted[i].raw, which + " is '" + got[i].raw + "' instead of '" + wanted[i].raw + "'");
    must(got[i].bad == wanted[i].bad, which + ": '" + got[i].bad + "' instead of '" + wanted[i].bad + "'");
    must(got[i].cells == wanted[i].cells, which + ": other cells");
  }
  must(got.size() == wanted.size(), std::to_string(got.size()) + " instead of " + std::to_string(wanted.size()));
}

/// Without the engine, which takes most of the time: one block, its columns given.
std::vector<test::csv_record> read_alone(std::string_view text, const stages::csv_framing& options) {
  block_pool pool(64u << 10, 1u << 20);
  stages::rows one{.data = pool.try_take_large(text.size()), .format = stages::row_format::csv};
  std::copy(text.begin(), text.end(), reinterpret_cast<char*>(one.data.data()));
  one.data.resize(text.size());
  one.schema = std::make_shared<const stages::row_schema>(
      stages::row_schema{options.columns, options.delimiter, options.quoted_newlines});
  std::vector<test::csv_record> records;
  test::read_all(one, records);
  return records;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::choices from(data, size);
  const unsigned what = from.byte();
  stages::csv_framing options{.delimiter = ",\t;"[what % 3], .quoted_newlines = (what & 4) != 0};
  for (unsigned i = 0; i < (what >> 4) % 4; ++i) { options.columns.push_back("c" + std::to_string(i)); }
  const std::size_t longest = std::size_t{1} << from.below(14);
  const bool numbered = (what & 8) != 0;
  std::vector<std::string> texts = sources_of(from.rest());
  if (!numbered) {
    texts.resize(1);
  } // where a source of no number ends at a position that fits the next one, nobody can tell

  if ((what & 0x80) != 0 && !options.columns.empty() && !texts.front().starts_with("\xEF\xBB\xBF")) {
    compare(read_alone(texts.front(), options), *wanted_of(texts.front(), options));
    return 0;
  }

  std::vector<test::csv_record> wanted;
  bool refused = false;
  for (const std::string& text : texts) {
    const auto records = wanted_of(ended(text, options.quoted_newlines), options);
    refused = refused || !records;
    if (records) { wanted.insert(wanted.end(), records->begin(), records->end()); }
  }
  try {
    compare(test::frame(pieces_of(texts, longest, numbered), options, 16u << 10).records, wanted);
    must(!refused, "a header that is none was not refused");
  } catch (const std::exception& error) { must(refused, error.what()); }
  return 0;
}
