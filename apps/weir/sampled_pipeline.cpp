#include "apps/weir/sampled_pipeline.hpp"

#include "stages/stages.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace weir::command {

namespace {

using stages::cell_kind;

void add_columns(std::vector<stages::column_seen>& to, const std::vector<stages::column_seen>& more) {
  for (const stages::column_seen& each : more) {
    const auto known = std::ranges::find(to, each.name, &stages::column_seen::name);
    if (known == to.end()) {
      to.push_back(each);
    } else if (known->kind == cell_kind::null) {
      known->kind = each.kind;
    }
  }
}

#if WEIR_STAGES_RECORD
/// Drops records and remembers what they are made of.
struct onlooker {
  seen_records* seen;

  step process(inlet<stages::rows>& in) {
    if (in.front().data && in.front().data.size() > 0) add_columns(seen->columns, stages::columns_of(in.front()));
    in.release(1);
    return step::more;
  }
};

made_stage looks_at(seen_records& seen) {
  return make_stage(seen.sink, [&seen] { return onlooker{&seen}; });
}
#else
made_stage looks_at(seen_records&) { return stages::null(); }
#endif

/// The first lines of what csv gets. Where the last of them ends in quotes, those up to the quotes' end belong to it; a quote
/// that stands there alone takes no more than k_most bytes along.
class first_records {
 public:
  explicit first_records(std::uint64_t lines) : lines_(lines) {}

  step process(inlet<block>& in, outlet<block>& out) {
    block& item = in.front();
    const std::size_t size = wanted(item.text());
    if (size < item.size()) {
      item.end_position(item.position() + size);
      item.resize(size);
    }
    if (size > 0 && !out.try_push(std::move(item))) return step::room;
    in.release(1);
    return over_ ? step::done : step::more;
  }

 private:
  static constexpr std::size_t k_most = std::size_t{1} << 20;

  std::size_t wanted(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (over_) return i;
      if (text[i] == '"') quoted_ = !quoted_;
      if (text[i] == '\n' && lines_ > 0) --lines_;
      if (lines_ == 0) over_ = quoted_ ? ++beyond_ == k_most : text[i] == '\n';
    }
    return text.size();
  }

  std::uint64_t lines_;
  std::size_t beyond_ = 0;
  bool quoted_ = false;
  bool over_ = false;
};

void replace_sink(prepared_stage& sink, std::deque<seen_records>& seen) {
  if (sink.shape.takes == item_kind::rows) {
    seen_records& mine = seen.emplace_back(seen_records{sink.name.text, {}});
    sink.make = [&mine] { return looks_at(mine); };
  } else {
    sink.make = [] { return made_stage(stages::null()); };
  }
}

std::string_view words_of(item_kind items) {
  switch (items) {
  case item_kind::blocks:
    return "bytes";
  case item_kind::rows:
    return "records";
  case item_kind::none:
    break;
  }
  return "";
}

} // namespace

std::size_t take_sample(std::vector<prepared_stage>& stages, std::uint64_t lines, std::deque<seen_records>& seen) {
  constexpr stage_shape parser{item_kind::blocks, item_kind::rows};
  constexpr stage_shape transform{item_kind::blocks, item_kind::blocks};
  std::size_t parsers = 0;
  for (std::size_t i = 0; i < stages.size(); ++i) {
    for (auto& branch : stages[i].branches) parsers += take_sample(branch, lines, seen);
    if (stages[i].branches.empty() && stages[i].shape.kind() == stage_kind::sink) replace_sink(stages[i], seen);
    if (stages[i].shape != parser) continue;
    ++parsers;
    const word name = stages[i].name;
    stage_maker first = [lines] { return made_stage(stages::head(lines)); };
    if (stages[i].entry->need !=
        input_need::whole_records) // csv: a header may stand in front, a record have many lines
      first = [lines] { return made_stage(make_stage("head", [lines] { return first_records(lines + 1); })); };
    stages.insert(stages.begin() + static_cast<std::ptrdiff_t>(i),
                  prepared_stage{nullptr, name, std::move(first), record_flow::kept, transform, {}});
    ++i;
  }
  return parsers;
}

std::string types_of(std::span<const prepared_stage> stages, std::size_t indent) {
  std::string text;
  for (const prepared_stage& each : stages) {
    const std::string_view name = each.entry == nullptr ? std::string_view("end_last_line") : each.entry->name;
    const std::string_view in = words_of(each.shape.takes);
    const std::string_view out = words_of(each.shape.gives);
    const std::string_view arrow = in.empty() ? "gives " : (out.empty() ? "takes " : "");
    text += fmt::format("{:{}}{:<10} {}{}{}{}{}\n", "", indent, name, arrow, in, arrow.empty() ? " -> " : "", out,
                        each.records == record_flow::made && out == "bytes" ? ", whole lines" : "");
    for (const auto& branch : each.branches)
      text += fmt::format("{:{}}{{\n{}{:{}}}}\n", "", indent, types_of(branch, indent + 2), "", indent);
  }
  return text;
}

std::string text_of(const std::deque<seen_records>& seen) {
  std::string text;
  for (const seen_records& each : seen) {
    text += fmt::format("  {} would get:", each.sink);
    for (const stages::column_seen& column : each.columns)
      text +=
          fmt::format("{} {} {}", &column == each.columns.data() ? "" : ",", column.name, stages::name_of(column.kind));
    text += each.columns.empty() ? " nothing\n" : "\n";
  }
  return text;
}

} // namespace weir::command
