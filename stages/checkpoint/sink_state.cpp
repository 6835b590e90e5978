#include "stages/checkpoint/sink_state.hpp"

#include <algorithm>

namespace weir::stages {

void sink_state::forget(const source_identity& file) {
  std::erase_if(stored, [&file](const saved_position& known) {
    return known.source.inode == file.inode && (known.source.device == file.device || known.source.path == file.path);
  });
}

void sink_state::store(const saved_position& at) {
  const auto same = std::ranges::find_if(stored, [&at](const saved_position& known) {
    return known.source.device == at.source.device && known.source.inode == at.source.inode;
  });
  if (same != stored.end())
    *same = at;
  else
    stored.push_back(at);
}

} // namespace weir::stages
