#include "stages/record/csv_framer.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

#include "stages/record/csv_scanner.hpp"
#include "stages/record/quote_parity.hpp"
#include "stages/text/line_count.hpp"
#include "stages/text/utf8.hpp"

namespace weir::stages {
namespace {

std::unique_ptr<const record_ends> ends_for(const csv_framing& options) {
  if (options.quoted_newlines) return std::make_unique<quote_parity_ends>();
  return std::make_unique<line_record_ends>();
}

std::string undoubled(std::string_view text) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    name += text[i];
    if (text[i] == '"') ++i;
  }
  return name;
}

} // namespace

csv_framer::csv_framer(csv_framing options)
    : options_(std::move(options)), ends_(ends_for(options_)),
      carrier_(*ends_, open_end::kept, long_record::beginning) {
  const char c = options_.delimiter;
  if (c == '"' || c == '\n' || c == '\r' || c <= 0)
    throw std::invalid_argument("a delimiter is one ASCII character that is neither a quote nor a line end");
}

void csv_framer::start(stage_context& context) {
  context_ = &context;
  carrier_.start(context);
}

// One block a call, which stays at the inlet until all that is made of it was pushed. There is room for one.
step csv_framer::process(inlet<block>& in, outlet<rows>& out) {
  if (!whole_) {
    if (const step why = carrier_.take(in.front(), whole_); why != step::more) return why;
  }
  if (const step why = end_and_hand_out(out); why != step::more) return why;
  if (in.front().size() == 0) in.release(1);
  return step::more;
}

step csv_framer::finish(outlet<rows>& out) {
  if (!whole_) {
    if (const step why = carrier_.finish(whole_); why != step::more) return why;
  }
  const step why = end_and_hand_out(out);
  return why == step::more ? step::done : why;
}

step csv_framer::end_and_hand_out(outlet<rows>& out) {
  if (!whole_) return step::more;
  if (const step why = end_last_record(); why != step::more) return why;
  return hand_out(std::move(whole_), out);
}

// The carrier keeps room for the LF. Blocks that came whole may have none, or belong to others too.
step csv_framer::end_last_record() {
  const std::size_t size = whole_.size();
  if (size == 0 || carrier_.was_cut() || whole_.text().back() == '\n' || ends_->inside(whole_.text(), false))
    return step::more;
  if (whole_.shared() || size == whole_.capacity()) {
    block_pool& pool = context_->blocks();
    if (size + 1 + k_block_headroom > pool.limit())
      throw std::runtime_error("the last record, which ends at byte " + std::to_string(whole_.end_position()) +
                               ", has no line end and its block no room for one; a larger --memory would do");
    block own = size + 1 <= pool.payload() ? pool.try_take() : pool.try_take_large(size + 1);
    if (!own) return step::memory;
    std::memcpy(own.data(), whole_.data(), size);
    own.came_from(whole_);
    whole_ = std::move(own);
  }
  whole_.resize(size + 1);
  whole_.bytes().back() = std::byte{'\n'};
  return step::more;
}

// A run that listens for days sees more connections than it could remember.
csv_framer::progress& csv_framer::progress_of(std::uint32_t source) {
  if (sources_.size() == k_most_sources && !sources_.contains(source)) {
    sources_.erase(std::min_element(sources_.begin(), sources_.end(),
                                    [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
  }
  progress& found = sources_[source];
  found.used = ++uses_;
  return found;
}

step csv_framer::hand_out(block whole, outlet<rows>& out) {
  progress& source = progress_of(whole.source());
  if (whole.position() < source.end) source = {.used = source.used};
  const bool cut = carrier_.was_cut();
  if (cut && !source.schema && options_.columns.empty())
    throw std::runtime_error("the header at byte " + std::to_string(whole.position()) + " has " +
                             std::to_string(whole.end_position() - whole.position()) +
                             " bytes, more than the memory that there is");
  if (!source.schema) find_columns(whole, source);
  source.end = std::max(whole.end_position(), whole.position() + whole.size());
  if (!source.schema) return step::more; // nothing but empty lines yet
  rows made{.data = std::move(whole), .format = row_format::csv, .schema = source.schema};
  made.cut = cut;
  return out.try_push(std::move(made)) ? step::more : step::room;
}

void csv_framer::find_columns(block& first, progress& source) {
  const bool at_start = first.position() == source.end; // a fresh one's is 0
  if (first.position() == 0 && first.text().starts_with(k_byte_order_mark)) first.drop_front(k_byte_order_mark.size());
  if (!options_.columns.empty()) {
    source.schema = shared({options_.columns, options_.delimiter, options_.quoted_newlines});
  } else if (at_start) {
    source.schema = read_header(first, source.empty_lines);
    if (!source.schema) source.empty_lines += static_cast<std::uint32_t>(count_lines(first.bytes()));
  } else {
    throw std::runtime_error("the input begins at byte " + std::to_string(first.position()) +
                             ", behind the header that names its columns: name them with --columns");
  }
}

/// Null when the block has no record.
std::shared_ptr<const row_schema> csv_framer::read_header(block& first, std::uint32_t lines_before) {
  csv_scanner scanner(options_.delimiter, options_.quoted_newlines, std::numeric_limits<std::size_t>::max());
  scanner.begin(first.text());
  const csv_scanner::found what = scanner.next();
  if (what == csv_scanner::found::end) return nullptr;
  if (what == csv_scanner::found::bad || !is_utf8(scanner.text()))
    throw std::runtime_error("the header at byte " + std::to_string(first.position() + scanner.offset()) +
                             (what == csv_scanner::found::bad ? " has a quote out of place" : " is not UTF-8"));
  row_schema schema{{}, options_.delimiter, options_.quoted_newlines};
  for (const csv_field& field : scanner.fields())
    schema.columns.push_back(field.doubled ? undoubled(field.text()) : std::string(field.text()));
  const std::size_t end = scanner.offset() + scanner.size();
  schema.header_lines = lines_before + static_cast<std::uint32_t>(count_lines(first.bytes().first(end)));
  first.drop_front(end);
  return shared(std::move(schema));
}

std::shared_ptr<const row_schema> csv_framer::shared(row_schema schema) {
  if (!latest_ || *latest_ != schema) latest_ = std::make_shared<const row_schema>(std::move(schema));
  return latest_;
}

} // namespace weir::stages
