#pragma once
// What the tests of the record readers share: blocks made of text, and records as text.

#include <weir/block.hpp>

#include <cstring>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stages/record/record_reader.hpp"
#include "stages/record/rows.hpp"

namespace weir::stages {

/// A pool for one block at a time whose buffer holds `room` bytes behind its headroom.
class block_maker {
 public:
  explicit block_maker(std::size_t room = k_block_size - k_block_headroom)
      : pool_(room + k_block_headroom, 4 * (room + k_block_headroom) + 65536) {}

  block operator()(std::string_view text, std::uint64_t position = 0) {
    block b = pool_.try_take();
    std::memcpy(b.data(), text.data(), text.size());
    b.resize(text.size());
    b.position(position);
    b.end_position(position + text.size());
    return b;
  }

 private:
  block_pool pool_;
};

inline rows json_rows(block data) {
  rows r;
  r.data = std::move(data);
  r.format = row_format::json;
  return r;
}

/// "a.b" as a path; the tests use no dots in names.
inline field_path path_of(std::string_view text) {
  field_path path;
  for (;;) {
    const std::size_t dot = text.find('.');
    path.names.emplace_back(text.substr(0, dot));
    if (dot == std::string_view::npos) return path;
    text.remove_prefix(dot + 1);
  }
}
inline reader_options wanting(std::initializer_list<std::string_view> paths, validation check = validation::touched,
                              bool only_wanted = false) {
  reader_options options;
  for (const std::string_view path : paths) { options.wanted.push_back(path_of(path)); }
  options.check = check;
  options.only_wanted = only_wanted;
  return options;
}

/// A cell as a test writes it: -, null, true, i:-5, u:18446744073709551615, r:1.5, s:text, n:{"a":1}
inline std::string shown(const cell& c) {
  switch (c.kind) {
  case cell_kind::missing:
    return "-";
  case cell_kind::null:
    return "null";
  case cell_kind::boolean:
    return c.truth ? "true" : "false";
  case cell_kind::integer:
    return "i:" + std::to_string(c.integer);
  case cell_kind::whole:
    return "u:" + std::to_string(c.whole);
  case cell_kind::real:
    return "r:" + std::string(c.text);
  case cell_kind::string:
    return "s:" + std::string(c.text);
  case cell_kind::nested:
    break;
  }
  return "n:" + std::string(c.text);
}

/// What became of each record: its cells with spaces between, or "bad <class> @column [field]".
inline std::vector<std::string> read_all(record_reader& reader, const rows& in) {
  std::vector<std::string> all;
  reader.begin(in);
  for (;;) {
    const record_reader::found what = reader.next();
    if (what == record_reader::found::end) return all;
    std::string& one = all.emplace_back();
    if (what == record_reader::found::bad) {
      const record_reader::trouble& problem = reader.problem();
      one.append("bad ").append(name_of(problem.why)).append(" @").append(std::to_string(problem.column));
      if (!problem.field.empty()) one.append(" ").append(problem.field);
      continue;
    }
    for (const cell& c : reader.cells()) { one.append(one.empty() ? "" : " ").append(shown(c)); }
  }
}

} // namespace weir::stages
