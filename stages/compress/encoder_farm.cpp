#include "stages/compress/encoder_farm.hpp"

namespace weir::stages {

// The node built last reads what counts all arrivals, before any replica can see its own end: with several
// replicas it is the merger, which reads the tickets first; with one it is the stage itself.
void encoder_farm::build(graph_builder& builder, edge_base* in, edge_base* out) const {
  const auto arrivals = std::make_shared<farm_arrivals>();
  const auto farm = parallel(0, make_(arrivals));
  farm.parts().entries().front().what->build(builder, in, out);
  arrivals->edge = builder.last_node().inputs().front();
}

edge_base* encoder_farm::add_out_edge(graph_builder& builder, const edge_options& options,
                                      std::string name) const {
  return &builder.add_edge<block>(options, k_default_capacity<block>, std::move(name));
}

} // namespace weir::stages
