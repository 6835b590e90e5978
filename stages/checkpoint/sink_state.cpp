#include "stages/checkpoint/sink_state.hpp"

#include <algorithm>
#include <utility>

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

void sink_state::make_durable() {
  for (std::size_t i = 0; i < pending.size(); ++i) {
    share& of = at(pending_of[i]);
    of.durable = pending[i].position;
    of.finished = pending[i].finished;
    if (!own) store(pending[i]);
  }
  pending.clear();
  pending_of.clear();
  if (next_mark) mark = std::exchange(next_mark, std::nullopt);
}

std::uint64_t durable_at_all(const std::deque<sink_state>& sinks, std::uint32_t source) {
  std::optional<std::uint64_t> least;
  for (const sink_state& sink : sinks) {
    if (!sink.aware || sink.anew) continue;
    const sink_state::share* of = sink.find(source);
    const std::uint64_t has = of == nullptr ? 0 : of->durable;
    least = least ? std::min(*least, has) : has;
  }
  return least.value_or(0);
}

} // namespace weir::stages
