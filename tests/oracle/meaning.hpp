#pragma once
// What must come out: the functions on single items, which the builder's stages call too, and the sequential interpreter.
//
// Some stages leave the order of items to the schedule. So a stream is a set of lanes: within a lane order is defined, between
// lanes it is not. What cuts such a stream short (take, zip) leaves a beginning of each lane: the stream is loose then.

#include "tests/oracle/graph.hpp"
#include "tests/oracle/item.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace weir::oracle {

// ---- one item ------------------------------------------------------------------------------------------------------

[[nodiscard]] inline item mapped(unsigned uid, const item& x) { return item(mixed(x.id, uid), x.value * 3 + uid); }
[[nodiscard]] inline bool kept(unsigned uid, const item& x) { return mixed(x.id, uid + 1000) % 4 != 0; }
/// None to three.
[[nodiscard]] std::vector<item> children(unsigned uid, const item& x);
[[nodiscard]] std::vector<item> fused_children(unsigned uid, const item& x);
[[nodiscard]] inline item tagged(unsigned uid, std::size_t branch, const item& x) {
  return item(mixed(x.id, 5000 + uid * 4 + branch), x.value);
}
[[nodiscard]] inline item folded(const item& x, const item& y) {
  return item(mixed(x.id, y.id), x.value + 7 * y.value);
}
[[nodiscard]] inline item produced(unsigned source_uid, std::uint64_t k) { return item(mixed(source_uid, k + 1), k); }
/// How often the stage throws for this item before it gives in.
[[nodiscard]] inline unsigned failures(unsigned uid, const item& x) {
  const std::uint64_t dice = mixed(x.id, uid + 2000);
  return dice % 4 == 0 ? 1 + static_cast<unsigned>((dice >> 8) % 3) : 0;
}
[[nodiscard]] unsigned retries(const element& s);
/// What the stage makes of an item that it does not fail at. For the forms that treat each item for itself.
[[nodiscard]] std::vector<item> made_of(const element& s, const item& x);

// ---- streams -------------------------------------------------------------------------------------------------------

struct stream {
  std::vector<std::vector<arrived>> lanes;
  bool loose = false;               ///< only a beginning of each lane arrives
  std::optional<std::size_t> count; ///< of a loose stream, where it is known
  [[nodiscard]] std::size_t size() const;
};

/// Ids of dead letters, by stage.
using dead_ids = std::map<unsigned, std::vector<std::uint64_t>>;

struct expectation {
  std::vector<stream> sinks; ///< one for each branch of a tee at the end, one when there is none; of a hub nobody knows
  stream at_end;             ///< what enters the end
  dead_ids dead;
};

/// `made`: how many items each source makes.
[[nodiscard]] expectation expected(const graph& g, const std::vector<std::uint64_t>& made);
/// The interpreter for one chain; adds to `dead`.
[[nodiscard]] stream through(const chain& stages, stream in, dead_ids& dead);

/// What is wrong with `got`, or nothing. `partial`: the run was cut short.
[[nodiscard]] std::string difference(const stream& want, const std::vector<arrived>& got, bool partial);

} // namespace weir::oracle
