#pragma once
// fan_part: the part behind every split and join. A splitter recipe, branches, a joiner recipe; and the check that the
// branches cannot lock each other up for lack of buffer.

#include <weir/errors.hpp>
#include <weir/fan_in.hpp>
#include <weir/fan_out.hpp>
#include <weir/parts.hpp>
#include <weir/plan.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::detail {

/// A branch's parts, and the options of the queue in front of them.
struct branch_parts {
  part_list parts;
  edge_options queue;
};

/// How often the one branch of a split stands: 1 when there are several different ones.
struct replicas {
  std::size_t wanted = 1; ///< 0: one for each compute thread
};

// ---- how to split ------------------------------------------------------------------------------------------------

struct no_split {
  static constexpr std::string_view k_name = "";
  static constexpr bool k_all_to_all = true;
};
struct tee_split {
  static constexpr std::string_view k_name = "tee";
  static constexpr bool k_all_to_all = true;
  replicas times{};
  template <class T>
  void build(graph_builder& builder, std::string name, edge_base* in, const std::vector<edge_base*>& outs) const {
    static_assert(
        std::copy_constructible<T> || requires(T & item) { item.share(); },
        "weir::tee needs items that can be copied, or shared by a member share()");
    builder.add_node<tee_node<T>>(std::move(name), in, outs);
  }
};
struct balance_split {
  static constexpr std::string_view k_name = "balance";
  static constexpr bool k_all_to_all = false;
  replicas times{};
  template <class T>
  void build(graph_builder& builder, std::string name, edge_base* in, const std::vector<edge_base*>& outs) const {
    builder.add_node<split_node<T>>(std::move(name), in, outs);
  }
};
template <class Key>
struct partition_split {
  static constexpr std::string_view k_name = "partition";
  static constexpr bool k_all_to_all = false;
  replicas times;
  Key key;
  template <class T>
  void build(graph_builder& builder, std::string name, edge_base* in, const std::vector<edge_base*>& outs) const {
    builder.add_node<partition_node<T, Key>>(std::move(name), in, outs, key);
  }
};

// ---- how to join -------------------------------------------------------------------------------------------------

struct no_join {
  static constexpr std::string_view k_name = "";
  static constexpr bool k_in_step = false;
};
template <class T, class... Same>
struct merge_join {
  static_assert((std::is_same_v<T, Same> && ...), "weir::merge joins branches that make the same type");
  static constexpr std::string_view k_name = "merge";
  static constexpr bool k_in_step = false;
  using out_type = T;
  using node_type = merge_node<T>;
};
template <class T, class... Same>
struct concat_join {
  static_assert((std::is_same_v<T, Same> && ...), "weir::concat joins branches that make the same type");
  static constexpr std::string_view k_name = "concat";
  static constexpr bool k_in_step = true;
  using out_type = T;
  using node_type = concat_node<T>;
};
template <class... Ts>
struct zip_join {
  static constexpr std::string_view k_name = "zip";
  static constexpr bool k_in_step = true;
  using out_type = std::tuple<Ts...>;
  using node_type = zip_node<Ts...>;
};

/// What a branch can hold and may hold back: for the check of joins.
struct branch_shape {
  std::string queue; ///< the name of its first edge
  std::size_t capacity = 0;
  std::size_t lag = 0;
};
/// Throws plan_error when branches that got the same items can lock each other up.
void check_join(std::string_view join, const std::vector<branch_shape>& branches);

/// `T`: the items that enter, void for sources. `Out`: those that leave, void for sinks.
template <class T, class Out, class Split, class Join>
class fan_part final : public typed_part<Out> {
  static constexpr bool k_splits = !std::is_void_v<T>;
  static constexpr bool k_joins = !std::is_void_v<Out>;

 public:
  fan_part(Split split, Join join, std::vector<branch_parts> branches)
      : typed_part<Out>(std::string(k_splits ? Split::k_name : Join::k_name)), split_(std::move(split)),
        join_(std::move(join)), branches_(std::move(branches)) {}

  void build(graph_builder& builder, edge_base* in, edge_base* out) const override {
    const std::vector<const branch_parts*> list = branches(builder);
    std::vector<edge_base*> entering(list.size(), nullptr);
    std::vector<edge_base*> leaving(list.size(), nullptr);
    std::vector<branch_shape> shapes(list.size());
    if constexpr (k_splits) {
      for (std::size_t i = 0; i < list.size(); ++i) {
        const auto& first = *list[i]->parts.entries().front().what;
        entering[i] = make_out_edge<T>(builder, list[i]->queue, std::string(Split::k_name) + " -> " + first.name());
        shapes[i] = {entering[i]->name(), entering[i]->sure_capacity(), list[i]->parts.lag()};
      }
      split_.template build<T>(builder, std::string(Split::k_name), in, entering);
    }
    const bool replicated = list.size() != branches_.size();
    if (replicated) { builder.replicating(true); }
    for (std::size_t i = 0; i < list.size(); ++i) {
      const part_list::entry& last = list[i]->parts.entries().back();
      if constexpr (k_joins) {
        leaving[i] =
            last.what->add_out_edge(builder, last.out, last.what->exit_name() + " -> " + std::string(Join::k_name));
        shapes[i].capacity += leaving[i]->sure_capacity();
      }
      shapes[i].capacity += list[i]->parts.build(builder, entering[i], leaving[i]);
    }
    if (replicated) { builder.replicating(false); }
    if constexpr (k_joins) {
      if (k_splits && Join::k_in_step && builder.check_joins()) { check_join(Join::k_name, shapes); }
      builder.add_node<typename Join::node_type>(std::string(Join::k_name), leaving, out);
    }
  }

  [[nodiscard]] std::string exit_name() const override { return std::string(k_joins ? Join::k_name : Split::k_name); }
  [[nodiscard]] bool used_up() const noexcept override {
    return std::any_of(branches_.begin(), branches_.end(), [](const branch_parts& b) {
      return std::any_of(b.parts.entries().begin(), b.parts.entries().end(),
                         [](const part_list::entry& e) { return e.what->used_up(); });
    });
  }
  /// Branches joined in step make one result of each item, as late as the slowest; each item makes one that passes through
  /// any one of several branches.
  [[nodiscard]] std::size_t lag() const noexcept override {
    if (!k_joins || !k_splits || (Split::k_all_to_all && Join::k_name != "zip")) { return k_any_lag; }
    std::size_t whole = 0;
    for (const branch_parts& b : branches_) {
      const std::size_t lag = b.parts.lag();
      if (lag == k_any_lag || (lag > 0 && !Split::k_all_to_all)) { return k_any_lag; }
      whole = std::max(whole, lag);
    }
    return whole;
  }

 private:
  // A replicated branch stands there n times.
  [[nodiscard]] std::vector<const branch_parts*> branches(const graph_builder& builder) const {
    std::vector<const branch_parts*> list;
    if constexpr (k_splits) {
      const std::size_t n = split_.times.wanted == 0 ? builder.threads() : split_.times.wanted;
      if (n > 1) {
        list.assign(n, &branches_.front());
        return list;
      }
    }
    for (const branch_parts& b : branches_) { list.push_back(&b); }
    return list;
  }

  Split split_;
  Join join_;
  std::vector<branch_parts> branches_;
};

} // namespace weir::detail
