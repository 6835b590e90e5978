#pragma once
// csv in tests: texts in, records as lines of text out.

#include <weir/weir.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stages/record/csv_framer.hpp"
#include "stages/record/csv_reader.hpp"

namespace weir::test {

/// Bytes of a source, as one block or several.
struct piece {
  std::string text;
  std::uint32_t source = 0;
  std::uint64_t position = 0;
};

class piece_source {
 public:
  explicit piece_source(std::vector<piece> pieces) : pieces_(std::move(pieces)) {}
  void start(stage_context& context) { context_ = &context; }
  stage_needs needs() const { return {.blocks = 4, .takes_rest = true}; }
  step process(outlet<block>& out) {
    if (next_ == pieces_.size()) return step::done;
    block made = context_->blocks().try_take();
    if (!made) return step::memory;
    piece& p = pieces_[next_];
    const std::size_t size = std::min(made.capacity(), p.text.size() - at_);
    std::copy_n(p.text.data() + at_, size, reinterpret_cast<char*>(made.data()));
    made.resize(size);
    made.source(p.source);
    made.position(p.position + at_);
    made.end_position(made.position() + size);
    if (!out.try_push(std::move(made))) return step::room;
    at_ += size;
    if (at_ == p.text.size()) {
      at_ = 0;
      ++next_;
    }
    return step::more;
  }

 private:
  std::vector<piece> pieces_;
  std::size_t next_ = 0;
  std::size_t at_ = 0;
  stage_context* context_ = nullptr;
};

/// 's' and a string's text, 'n' and a number's, '-' for null.
inline std::string shown(const stages::cell& c) {
  switch (c.kind) {
  case stages::cell_kind::null:
    return "-";
  case stages::cell_kind::string:
    return "s" + std::string(c.text);
  default:
    return "n" + std::string(c.text);
  }
}

/// One record, or why it is none.
struct csv_record {
  std::string bad{}; ///< empty: good
  std::vector<std::string> cells{};
  std::uint64_t position = 0;
  std::string raw{};
};

/// Reads what the framer made with all columns wanted.
inline void read_all(const stages::rows& in, std::vector<csv_record>& to) {
  stages::reader_options options;
  for (const std::string& name : in.schema->columns) options.wanted.push_back({{name}});
  const auto reader = stages::make_csv_reader(*in.schema, options);
  reader->begin(in);
  for (auto what = reader->next(); what != stages::record_reader::found::end; what = reader->next()) {
    csv_record& record = to.emplace_back();
    if (what == stages::record_reader::found::bad) record.bad = stages::name_of(reader->problem().why);
    if (record.bad.empty())
      for (const stages::cell& c : reader->cells()) record.cells.push_back(shown(c));
    record.position = reader->source_position();
    record.raw = in.data.text().substr(reader->offset(), reader->size());
  }
}

struct framed {
  std::vector<csv_record> records;
  std::vector<std::vector<std::string>> columns; ///< of each item
  std::vector<std::uint32_t> header_lines;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges; ///< position and end_position of each item
};

struct framed_sink {
  framed* to;
  step process(inlet<stages::rows>& in) {
    const stages::rows& item = in.front();
    to->columns.push_back(item.schema->columns);
    to->header_lines.push_back(item.schema->header_lines);
    to->ranges.emplace_back(item.data.position(), item.data.end_position());
    read_all(item, to->records);
    in.release(1);
    return step::more;
  }
};

inline framed frame(std::vector<piece> pieces, const stages::csv_framing& options,
                    std::size_t block_size = k_block_size, std::uint64_t memory = 64u << 20) {
  framed result;
  const plan p = stage("pieces", piece_source(std::move(pieces))) |
                 make_stage("csv", [&] { return stages::csv_framer(options); }) | stage("keep", framed_sink{&result});
  (void)p.run(deterministic{1}, {.memory = memory, .block_size = block_size});
  return result;
}

} // namespace weir::test
