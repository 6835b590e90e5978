#include "stages/compress/encoder_farm.hpp"
#include "stages/compress/gather.hpp"

namespace weir::stages {

void encoder_farm::build(graph_builder& builder, edge_base* in, edge_base* out) const {
  auto& gathered = builder.add_edge<block>({}, k_default_capacity<block>, name() + ".gathered");
  builder.add_node<object_node<gather>>(name() + ".gather", gather{}, in, &gathered).member_of(name());
  parallel(0, encoder_).parts().entries().front().what->build(builder, &gathered, out);
  builder.last_node().member_of(name());
}

edge_base* encoder_farm::add_out_edge(graph_builder& builder, const edge_options& options, std::string name) const {
  return &builder.add_edge<block>(options, k_default_capacity<block>, std::move(name));
}

} // namespace weir::stages
