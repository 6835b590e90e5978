#include "tests/model/checker/execution_graph.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace weir::model {

const char* name_of(std::memory_order order) noexcept {
  switch (order) {
  case std::memory_order_relaxed:
    return "relaxed";
  case std::memory_order_consume:
    return "consume";
  case std::memory_order_acquire:
    return "acquire";
  case std::memory_order_release:
    return "release";
  case std::memory_order_acq_rel:
    return "acq_rel";
  case std::memory_order_seq_cst:
    return "seq_cst";
  }
  return "?";
}

// ---- what is known ----------------------------------------------------------------------------------------------

std::uint16_t execution_graph::location_of(std::size_t thread, std::size_t nth) {
  for (std::size_t i = 0; i < locations_.size(); ++i) {
    if (locations_[i].thread == thread && locations_[i].nth == nth) { return static_cast<std::uint16_t>(i); }
  }
  locations_.push_back({static_cast<std::uint8_t>(thread), static_cast<std::uint16_t>(nth), {}});
  return static_cast<std::uint16_t>(locations_.size() - 1);
}

const vector_clock& execution_graph::known(std::size_t thread, std::size_t events) const noexcept {
  return events == 0 ? begin_[thread] : threads_[thread][events - 1].happened;
}

vector_clock execution_graph::prefix(std::size_t thread, std::size_t events) const noexcept {
  return events == 0 ? begin_[thread] : threads_[thread][events - 1].prefix;
}

std::size_t execution_graph::place_of(event_id write) const noexcept {
  const auto& writes = locations_[at(write).location].writes;
  return static_cast<std::size_t>(std::find(writes.begin(), writes.end(), write) - writes.begin());
}

bool execution_graph::reads_newest(const event& read) const noexcept {
  return locations_[read.location].writes.back() == read.from;
}

bool execution_graph::loads_before_last(std::size_t thread) const noexcept {
  const event& write = last(thread);
  for (std::size_t t = 0; t < k_most_threads; ++t) {
    for (std::size_t i = write.happened[t]; i < std::min<std::size_t>(write.prefix[t], threads_[t].size()); ++i) {
      const event& e = threads_[t][i];
      if (e.kind == event_kind::read && e.location == write.location) { return false; }
    }
  }
  return true;
}

// ---- coherence and atomicity ------------------------------------------------------------------------------------

std::size_t execution_graph::oldest_readable(std::uint16_t location, const vector_clock& known) const noexcept {
  std::size_t oldest = 0;
  for (std::size_t t = 0; t < k_most_threads; ++t) {
    const std::size_t seen = std::min<std::size_t>(known[t], threads_[t].size());
    for (std::size_t i = 0; i < seen; ++i) {
      const event& e = threads_[t][i];
      if (e.location != location) { continue; }
      const event_id write =
          e.kind == event_kind::write ? event_id{static_cast<std::uint8_t>(t), static_cast<std::uint16_t>(i)} : e.from;
      oldest = std::max(oldest, place_of(write));
    }
  }
  return oldest;
}

std::vector<event_id> execution_graph::readable(std::size_t thread, std::uint16_t location) const {
  const auto& writes = locations_[location].writes;
  const std::size_t oldest = oldest_readable(location, known(thread));
  return {writes.rbegin(), writes.rend() - static_cast<std::ptrdiff_t>(oldest)};
}

std::vector<std::size_t> execution_graph::places(std::size_t thread, const event& write) const {
  const auto& writes = locations_[write.location].writes;
  if (write.beginning) { return {0}; }
  const auto taken = [&](std::size_t place) { return place < writes.size() && at(writes[place]).update; };
  const std::size_t first = oldest_readable(write.location, known(thread)) + 1;
  std::vector<std::size_t> free;
  if (write.update) { // The thread's last event is the read of the same update.
    const std::size_t place = place_of(threads_[thread].back().from) + 1;
    if (place >= first && !taken(place)) { free.push_back(place); }
    return free;
  }
  for (std::size_t place = writes.size(); place >= first; --place) {
    if (!taken(place)) { free.push_back(place); }
  }
  return free;
}

// ---- seq_cst ----------------------------------------------------------------------------------------------------

namespace {

struct ordered_event {
  event_id id;
  std::uint16_t location;
  std::size_t coherence; // 2 * place for a write, one more for whoever reads it
};

} // namespace

bool execution_graph::one_order() const {
  std::vector<ordered_event> nodes;
  std::array<std::vector<std::uint16_t>, k_most_threads> of_thread; // event index of each node, ascending
  std::array<std::size_t, k_most_threads> first{};
  for (std::size_t t = 0; t < k_most_threads; ++t) {
    first[t] = nodes.size();
    for (std::size_t i = 0; i < threads_[t].size(); ++i) {
      const event& e = threads_[t][i];
      if (e.order != std::memory_order_seq_cst) { continue; }
      const event_id id{static_cast<std::uint8_t>(t), static_cast<std::uint16_t>(i)};
      nodes.push_back({id, e.location, e.kind == event_kind::write ? 2 * place_of(id) : 2 * place_of(e.from) + 1});
      of_thread[t].push_back(id.index);
    }
  }
  std::vector<std::vector<std::uint16_t>> after(nodes.size());
  std::vector<std::uint16_t> waits_for(nodes.size(), 0);
  const auto edge = [&](std::size_t from, std::size_t to) {
    after[from].push_back(static_cast<std::uint16_t>(to));
    ++waits_for[to];
  };
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    const event_id id = nodes[n].id;
    if (n > first[id.thread]) { edge(n - 1, n); }
    // Strongly happens before, through others: A, a later event of its thread, what happens before B's predecessor, B.
    const vector_clock& early = known(id.thread, id.index);
    for (std::size_t t = 0; t < k_most_threads; ++t) {
      if (t == id.thread) { continue; }
      const auto& mine = of_thread[t];
      const auto bound = std::upper_bound(mine.begin(), mine.end(), static_cast<int>(early[t]) - 2);
      if (bound != mine.begin()) { edge(first[t] + static_cast<std::size_t>(bound - mine.begin()) - 1, n); }
    }
    for (std::size_t other = 0; other < nodes.size(); ++other) {
      if (nodes[other].location == nodes[n].location && nodes[other].coherence < nodes[n].coherence) { edge(other, n); }
    }
  }
  std::vector<std::uint16_t> free;
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    if (waits_for[n] == 0) { free.push_back(static_cast<std::uint16_t>(n)); }
  }
  std::size_t ordered = 0;
  for (; !free.empty(); ++ordered) {
    const std::uint16_t n = free.back();
    free.pop_back();
    for (const std::uint16_t next : after[n]) {
      if (--waits_for[next] == 0) { free.push_back(next); }
    }
  }
  return ordered == nodes.size();
}

// ---- growing ----------------------------------------------------------------------------------------------------

// What follows from the write that a read sees.
void execution_graph::settle(event_id id, event_id from) noexcept {
  event& read = at(id);
  const event& write = at(from);
  read.from = from;
  read.value = write.value;
  const bool as_expected = read.value == read.expected;
  read.exclusive = read.mode == read_mode::update || (read.mode == read_mode::compare && as_expected);
  read.blocked = read.mode == read_mode::await && as_expected;
  if (read.mode == read_mode::compare) { read.order = as_expected ? read.order_if_expected : read.order_if_other; }
  read.happened = known(id.thread, id.index);
  if (acquires(read.order)) { read.happened.join(write.handed); }
  read.happened.know(id.thread, id.index + 1u);
  read.prefix = prefix(id.thread, id.index);
  read.prefix.join(write.prefix);
  read.prefix.know(id.thread, id.index + 1u);
}

bool execution_graph::add_read(std::size_t thread, event read, event_id from) {
  const event_id id{static_cast<std::uint8_t>(thread), static_cast<std::uint16_t>(size(thread))};
  read.kind = event_kind::read;
  read.stamp = stamps_++;
  threads_[thread].push_back(read);
  settle(id, from);
  return at(id).order != std::memory_order_seq_cst || one_order();
}

bool execution_graph::add_write(std::size_t thread, event write, std::size_t place) {
  const event_id id{static_cast<std::uint8_t>(thread), static_cast<std::uint16_t>(size(thread))};
  write.kind = event_kind::write;
  write.stamp = stamps_++;
  write.happened = known(thread);
  write.happened.know(thread, id.index + 1u);
  write.prefix = prefix(thread, id.index);
  write.prefix.know(thread, id.index + 1u);
  write.handed = {};
  if (releases(write.order)) { write.handed = write.happened; }
  if (write.update) { write.handed.join(at(last(thread).from).handed); } // A release sequence goes on through updates.
  auto& writes = locations_[write.location].writes;
  writes.insert(writes.begin() + static_cast<std::ptrdiff_t>(place), id);
  threads_[thread].push_back(write);
  return write.order != std::memory_order_seq_cst || one_order();
}

void execution_graph::take_back(std::size_t thread) {
  const event_id id{static_cast<std::uint8_t>(thread), static_cast<std::uint16_t>(size(thread) - 1)};
  if (at(id).kind == event_kind::write) { std::erase(locations_[at(id).location].writes, id); }
  threads_[thread].pop_back();
}

// ---- going back -------------------------------------------------------------------------------------------------

// Whether the event was added as the explorer adds by default, reading and writing the newest: then this graph, and no
// other, is the one from which the event is undone.
bool execution_graph::added_maximally(event_id id, const vector_clock& cause) const {
  const event& e = at(id);
  const auto previous = [&](event_id other) {
    return at(other).stamp <= e.stamp || cause.has(other.thread, other.index);
  };
  if (e.kind == event_kind::write) {
    for (std::size_t t = 0; t < k_most_threads; ++t) {
      for (std::size_t i = 0; i < threads_[t].size(); ++i) {
        const event_id other{static_cast<std::uint8_t>(t), static_cast<std::uint16_t>(i)};
        if (at(other).kind == event_kind::read && at(other).from == id && previous(other)) { return false; }
      }
    }
  }
  const event_id newest = e.kind == event_kind::read ? e.from : id;
  if (!previous(newest)) { return false; }
  const auto& writes = locations_[e.location].writes;
  const auto behind = std::find(writes.begin(), writes.end(), newest) + 1;
  return std::none_of(behind, writes.end(), previous);
}

// The events up to the stamp, and those that are kept in any case.
execution_graph execution_graph::until(std::uint32_t stamp, const vector_clock& kept) const {
  execution_graph rest = *this;
  for (std::size_t t = 0; t < k_most_threads; ++t) {
    std::size_t n = std::min<std::size_t>(kept[t], threads_[t].size());
    while (n < threads_[t].size() && threads_[t][n].stamp <= stamp) { ++n; }
    rest.threads_[t].resize(n);
  }
  for (location& where : rest.locations_) {
    std::erase_if(where.writes, [&](event_id w) { return w.index >= rest.threads_[w.thread].size(); });
  }
  return rest;
}

std::vector<execution_graph> execution_graph::revisits(std::size_t thread, const event& write) const {
  std::vector<execution_graph> found;
  if (write.beginning) { return found; }
  const vector_clock cause = prefix(thread, size(thread));
  for (std::size_t t = 0; t < k_most_threads; ++t) {
    for (std::size_t i = cause[t]; i < threads_[t].size(); ++i) {
      const event_id read{static_cast<std::uint8_t>(t), static_cast<std::uint16_t>(i)};
      const event& r = at(read);
      if (r.kind != event_kind::read || r.location != write.location) { continue; }
      bool maximal = true;
      for (std::size_t u = 0; u < k_most_threads && maximal; ++u) {
        for (std::size_t k = cause[u]; k < threads_[u].size() && maximal; ++k) {
          const event_id undone{static_cast<std::uint8_t>(u), static_cast<std::uint16_t>(k)};
          if (at(undone).stamp >= r.stamp) { maximal = added_maximally(undone, cause); }
        }
      }
      if (!maximal) { continue; }
      const execution_graph rest = until(r.stamp, cause);
      for (const std::size_t place : rest.places(thread, write)) {
        execution_graph next = rest;
        if (!next.add_write(thread, write, place)) { continue; }
        const event_id added{static_cast<std::uint8_t>(thread), static_cast<std::uint16_t>(next.size(thread) - 1)};
        // The read's own history must not know anything newer.
        if (next.oldest_readable(write.location, next.known(t, i)) > next.place_of(added)) { continue; }
        next.settle(read, added);
        if (next.one_order()) { found.push_back(std::move(next)); }
      }
    }
  }
  return found;
}

std::string execution_graph::text(const std::vector<std::string>& names) const {
  std::vector<event_id> all;
  for (std::size_t t = 0; t < k_most_threads; ++t) {
    for (std::size_t i = 0; i < threads_[t].size(); ++i) {
      all.push_back({static_cast<std::uint8_t>(t), static_cast<std::uint16_t>(i)});
    }
  }
  std::sort(all.begin(), all.end(), [&](event_id a, event_id b) { return at(a).stamp < at(b).stamp; });
  const auto place = [](const event& e) {
    const std::string file = e.where.file;
    return file.substr(file.rfind('/') + 1) + ":" + std::to_string(e.where.line);
  };
  const auto id_text = [&](event_id id) {
    return (id.thread < names.size() ? names[id.thread] : "?") + "." + std::to_string(id.index);
  };
  std::string lines;
  for (const event_id id : all) {
    const event& e = at(id);
    lines += "  " + id_text(id) + (e.kind == event_kind::read ? " reads " : " writes ") + std::to_string(e.value);
    lines += " at object " + std::to_string(e.location);
    if (e.kind == event_kind::read) {
      lines += " from " + id_text(e.from) + (reads_newest(e) ? "" : " (not the newest)");
      if (e.blocked) { lines += ", and waits"; }
    }
    lines += std::string(", ") + (e.beginning ? "constructed" : name_of(e.order)) + "  " + place(e) + "\n";
  }
  return lines;
}

} // namespace weir::model
