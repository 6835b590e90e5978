#include "stages/record/field_tree.hpp"

#include <algorithm>
#include <bit>

namespace weir::stages {

field_node& field_node::child(const std::string& name) {
  const auto there = std::ranges::find(children_, name, &field_node::name_);
  return there != children_.end() ? *there : children_.emplace_back(name);
}

void field_node::fill_slots() {
  slots_.assign(std::bit_ceil(std::max<std::size_t>(16, 2 * children_.size())), nullptr);
  for (field_node& one : children_) {
    field_node*& slot = slots_[slot_of(one.name_)];
    one.next_ = std::exchange(slot, &one);
    one.fill_slots();
  }
}

field_tree::field_tree(std::span<const field_path> wanted) {
  for (std::uint32_t i = 0; i < wanted.size(); ++i) {
    field_node* at = &root_;
    for (const std::string& name : wanted[i].names) { at = &at->child(name); }
    if (at->index_ == field_node::k_not_wanted)
      at->index_ = i;
    else
      copies_.emplace_back(i, at->index_);
  }
  root_.fill_slots();
}

} // namespace weir::stages
