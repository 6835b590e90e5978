#include "stages/record/record_part.hpp"

#include <optional>
#include <utility>

#include "stages/record/settle_node.hpp"
#include "stages/record/sift_layout.hpp"
#include "stages/record/sift_stage.hpp"

namespace weir::stages {
namespace {

/// Items between the replicas and the settle node.
constexpr std::size_t k_queue = 2;

std::string name_of(const record_steps& steps) {
  std::string name;
  for (const record_step& step : steps) name.append(name.empty() ? "" : "+").append(name_of(step));
  return name;
}

bool takes_blocks(const record_steps& steps) { return steps.front().what == record_step::kind::json; }
bool makes_blocks(const record_steps& steps) { return steps.back().what == record_step::kind::to; }

template <class In>
void add_replicas(graph_builder& builder, const std::string& name, std::shared_ptr<const record_steps> steps,
                  edge_base* in, edge_base& out) {
  const auto one = make_stage(name, [steps = std::move(steps)] { return sift_stage<In>(steps); });
  parallel(0, one).parts().entries().front().what->build(builder, in, &out);
  builder.last_node().member_of(name);
}

} // namespace

record_part::record_part(record_steps steps)
    : part(name_of(steps)), steps_(std::make_shared<const record_steps>(std::move(steps))) {
  std::optional<row_format> format;
  if (steps_->front().what == record_step::kind::json) format = row_format::json;
  if (steps_->front().what == record_step::kind::csv) format = row_format::csv;
  (void)layout_of(*steps_, format, nullptr); // columns that are not there are told before the run
}

void record_part::build(graph_builder& builder, edge_base* in, edge_base* out) const {
  if (steps_->front().what == record_step::kind::csv) {
    auto& framed = builder.add_edge<rows>({}, k_default_capacity<rows>, name() + ".framed");
    builder.add_node<object_node<csv_framer>>(name() + ".frame", csv_framer(steps_->front().framing), in, &framed)
        .member_of(name());
    in = &framed;
  }
  edge_base& settled = build_replicas(builder, in);
  if (makes_blocks(*steps_)) {
    builder.add_node<typed_settle_node<block>>(name() + ".settle", steps_, settled, *out).member_of(name());
  } else {
    builder.add_node<typed_settle_node<rows>>(name() + ".settle", steps_, settled, *out).member_of(name());
  }
}

edge_base& record_part::build_replicas(graph_builder& builder, edge_base* in) const {
  auto& made = builder.add_edge<sifted>({}, k_queue, name() + ".sifted");
  if (takes_blocks(*steps_)) {
    add_replicas<block>(builder, name(), steps_, in, made);
  } else {
    add_replicas<rows>(builder, name(), steps_, in, made);
  }
  return made;
}

edge_base* record_part::add_out_edge(graph_builder& builder, const edge_options& options, std::string name) const {
  if (makes_blocks(*steps_)) return &builder.add_edge<block>(options, k_default_capacity<block>, std::move(name));
  return &builder.add_edge<rows>(options, k_default_capacity<rows>, std::move(name));
}

std::shared_ptr<const part> record_part::joined_with(const part& next) const {
  const auto* const other = dynamic_cast<const record_part*>(&next);
  if (other == nullptr || steps_->size() + other->steps_->size() > k_most_steps) return nullptr;
  if (makes_blocks(*steps_)) return nullptr; // json behind to reads anew
  record_steps both = *steps_;
  both.insert(both.end(), other->steps_->begin(), other->steps_->end());
  return std::make_shared<record_part>(std::move(both));
}

std::shared_ptr<const part> record_part_of(record_step step) {
  record_steps one;
  one.push_back(std::move(step));
  return std::make_shared<record_part>(std::move(one));
}

} // namespace weir::stages
