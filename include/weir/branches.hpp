#pragma once
// Pipes that split and join: tee, balance, partition; merge, zip, concat.
//
//   source | tee(a, b)                      every branch gets every item; branches that end in sinks need no join
//   source | tee(a, b) | zip()              … whose results are put together again: zip, merge or concat
//   source | balance(a, b) | merge()        each item to the branch with the least to do
//   source | partition(n, key, piece)       each item to the replica its key names; results merged
//   merge(p, q)  zip(p, q)  concat(p, q)    of pipes that begin with sources
// A branch is anything that can stand behind `|`: operators, a stage, a sink, another tee. `edge(n) | …` in front of it sets
// the branch's own queue.

#include <weir/fan_in.hpp>
#include <weir/fan_out.hpp>
#include <weir/fan_part.hpp>
#include <weir/pipe.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir {

// ---- pieces ------------------------------------------------------------------------------------------------------

/// A piece of a pipeline that is not bound to an item type yet: a function of what stands on its left.
template <class Apply>
struct piece {
  Apply apply;
};

namespace detail {

template <class T>
inline constexpr bool is_piece = false;
template <class Apply>
inline constexpr bool is_piece<piece<Apply>> = true;

template <class Apply>
auto make_piece(Apply apply) {
  return piece<Apply>{std::move(apply)};
}

} // namespace detail

/// The beginning of a piece that takes items of type T.
template <class T>
[[nodiscard]] auto items() {
  return open_pipe<T, T, no_function>(part_list{}, no_function{}, {});
}

template <class T>
concept unbound = detail::is_piece<T> || operator_row<T>;
/// What can stand on the right of `|`.
template <class T>
concept right_side =
    unbound<T> || left_side<T> || sink_function<T> || std::same_as<T, edge_options> || std::same_as<T, declared_lag>;

template <left_side Left, class Apply>
[[nodiscard]] auto operator|(Left left, piece<Apply> right) {
  return right.apply(std::move(left));
}
template <class Apply, right_side Right>
[[nodiscard]] auto operator|(piece<Apply> left, Right right) {
  return detail::make_piece([left = std::move(left), right = std::move(right)](auto before) {
    return left.apply(std::move(before)) | right;
  });
}
template <operator_row Row, class Right>
requires(right_side<Right> && !operator_row<Right>) [[nodiscard]] auto operator|(Row left, Right right) {
  return detail::make_piece(
      [left = std::move(left), right = std::move(right)](auto before) { return (std::move(before) | left) | right; });
}

/// What joins branches; here so that `|` is found.
struct join_tag {};

// ---- branches ----------------------------------------------------------------------------------------------------

namespace detail {

/// A branch whose queue has options of its own: `edge(n) | piece`.
template <class Piece>
struct led {
  edge_options queue;
  Piece rest;
};
template <class T>
inline constexpr bool is_led = false;
template <class Piece>
inline constexpr bool is_led<led<Piece>> = true;

/// A branch that does nothing to its items.
template <class T>
class pass_part final : public typed_part<T> {
 public:
  pass_part() : typed_part<T>("pass") {}
  void build(graph_builder& builder, edge_base* in, edge_base* out) const override {
    builder.add_node<fused_node<T, no_function, std::tuple<>, no_function>>(this->name(), no_function{}, std::tuple<>{},
                                                                            no_function{}, in, out);
  }
  [[nodiscard]] std::size_t lag() const noexcept override { return 0; }
};

/// What a branch became when it met the item type: its parts and the type of its results.
template <class Out>
struct bound_branch {
  using out_type = Out;
  branch_parts parts;
};

template <class T, class Piece>
auto bind_branch(const Piece& what) {
  if constexpr (is_led<Piece>) {
    auto bound = bind_branch<T>(what.rest);
    bound.parts.queue = what.queue;
    return bound;
  } else if constexpr (is_pipe<Piece> || is_open_pipe<Piece>) {
    const auto done = closed(what);
    using pipe_type = std::remove_cvref_t<decltype(done)>;
    static_assert(std::is_same_v<typename pipe_type::in_type, T>,
                  "weir: a branch does not take the items that the left makes");
    branch_parts parts{done.parts(), {}};
    if (parts.parts.entries().empty()) { parts.parts.add(std::make_shared<pass_part<T>>()); } // items<T>() alone
    return bound_branch<typename pipe_type::out_type>{std::move(parts)};
  } else {
    return bind_branch<T>(items<T>() | what);
  }
}

/// What enters a fan from outside, and what reaches its branches.
template <class In, class T>
struct ends {};

/// Branches that have been given their items and whose results are to be joined.
template <class In, class Splitter, class... Outs>
struct fan {
  part_list before;
  Splitter split;
  std::vector<branch_parts> branches;
};

/// One of merge(), zip(), concat() without arguments.
template <template <class...> class Joiner>
struct join_with : join_tag {};

template <class In, class T, class Out, class Splitter, class Joiner>
auto fan_pipe(part_list before, Splitter split, Joiner join, std::vector<branch_parts> branches) {
  using made = fan_part<T, Out, Splitter, Joiner>;
  before.add(std::make_shared<made>(std::move(split), std::move(join), std::move(branches)));
  return finished_pipe<In, Out>(std::move(before));
}

/// Puts branches behind `left`: a sink when none of them has results, else a fan to be joined.
template <class Left, class Splitter, class... Branches>
auto fan_out(Left left, Splitter split, const Branches&... what) {
  using T = typename Left::out_type;
  using In = typename Left::in_type;
  static_assert(!std::is_void_v<T>, "weir: nothing can stand after a sink");
  auto bound = std::make_tuple(bind_branch<T>(what)...);
  return std::apply(
      [&]<class... Bound>(Bound&... b) {
        constexpr bool all_sinks = (std::is_void_v<typename Bound::out_type> && ...);
        static_assert(all_sinks || (!std::is_void_v<typename Bound::out_type> && ...),
                      "weir: either all branches end in sinks, or none does");
        part_list before = closed(std::move(left)).parts();
        std::vector<branch_parts> parts{std::move(b.parts)...};
        if constexpr (all_sinks) {
          return fan_pipe<In, T, void>(std::move(before), std::move(split), no_join{}, std::move(parts));
        } else {
          return fan<ends<In, T>, Splitter, typename Bound::out_type...>{std::move(before), std::move(split),
                                                                         std::move(parts)};
        }
      },
      bound);
}

} // namespace detail

/// What can be a branch.
template <class T>
concept branch = unbound<T> || left_side<T> || sink_function<T> || detail::is_led<T>;

template <class Piece>
requires(unbound<Piece> || left_side<Piece> || sink_function<Piece>) [[nodiscard]] auto operator|(edge_options queue,
                                                                                                  Piece rest) {
  return detail::led<Piece>{queue, std::move(rest)};
}
template <class Piece, right_side Right>
[[nodiscard]] auto operator|(detail::led<Piece> left, Right right) {
  auto rest = std::move(left.rest) | std::move(right);
  return detail::led<decltype(rest)>{left.queue, std::move(rest)};
}

template <class In, class T, class Splitter, class... Outs, template <class...> class Joiner>
[[nodiscard]] auto operator|(detail::fan<detail::ends<In, T>, Splitter, Outs...> open, detail::join_with<Joiner>) {
  using join = Joiner<Outs...>;
  static_assert(!join::k_in_step || Splitter::k_all_to_all,
                "weir: zip and concat join branches that got the same items: tee, not balance");
  return detail::fan_pipe<In, T, typename join::out_type>(std::move(open.before), std::move(open.split), join{},
                                                          std::move(open.branches));
}
template <class Apply, template <class...> class Joiner>
[[nodiscard]] auto operator|(piece<Apply> left, detail::join_with<Joiner> join) {
  return detail::make_piece(
      [left = std::move(left), join](auto before) { return left.apply(std::move(before)) | join; });
}

/// Every branch gets the same sequence: copies, and for blocks another handle of the same bytes. The slowest governs: an item
/// is taken when every branch that wants more has room. A branch that ends early is left out; one that fails fails the run
/// (for a branch that may fail or leave, see hub.hpp).
template <branch... Branches>
[[nodiscard]] auto tee(Branches... branches) {
  static_assert(sizeof...(Branches) > 0, "weir::tee needs a branch");
  return detail::make_piece([... branches = std::move(branches)](auto left) {
    return detail::fan_out(std::move(left), detail::tee_split{}, branches...);
  });
}

/// Each item to the branch with the shortest queue.
template <branch... Branches>
requires(sizeof...(Branches) > 0) [[nodiscard]] auto balance(Branches... branches) {
  return detail::make_piece([... branches = std::move(branches)](auto left) {
    return detail::fan_out(std::move(left), detail::balance_split{}, branches...);
  });
}
/// Each item to the replica of `what` with the shortest queue; `n` = 0: one for each compute thread.
template <branch Piece>
[[nodiscard]] auto balance(std::size_t n, Piece what) {
  return detail::make_piece([n, what = std::move(what)](auto left) {
    return detail::fan_out(std::move(left), detail::balance_split{detail::replicas{n}}, what);
  });
}
/// Each item to the replica of `what` that hash(key(item)) names: same key, same replica, in order. Results, if there are
/// any, are merged. A replica with a full queue holds up the others: order for each key has this price.
template <class Key, branch Piece>
[[nodiscard]] auto partition(std::size_t n, Key key, Piece what) {
  return detail::make_piece([n, key = std::move(key), what = std::move(what)](auto left) {
    auto open = detail::fan_out(std::move(left), detail::partition_split<Key>{detail::replicas{n}, key}, what);
    if constexpr (requires { open.branches; }) {
      return std::move(open) | detail::join_with<detail::merge_join>{};
    } else {
      return open;
    }
  });
}

// ---- joins -------------------------------------------------------------------------------------------------------

/// Joins branches: items as they come, fairly; order holds for each branch. Ends when all have ended.
[[nodiscard]] inline auto merge() { return detail::join_with<detail::merge_join>{}; }
/// Joins branches: tuples of one result of each. Ends with the shortest.
[[nodiscard]] inline auto zip() { return detail::join_with<detail::zip_join>{}; }
/// Joins branches: all of the first, then all of the second, …
[[nodiscard]] inline auto concat() { return detail::join_with<detail::concat_join>{}; }

namespace detail {

template <template <class...> class Joiner, class... Sources>
auto fan_in(Sources... sources) {
  static_assert((std::is_void_v<typename Sources::in_type> && ...), "weir: only pipes that begin with a source");
  using join = Joiner<typename Sources::out_type...>;
  std::vector<branch_parts> parts{branch_parts{closed(std::move(sources)).parts(), {}}...};
  return fan_pipe<void, void, typename join::out_type>(part_list{}, no_split{}, join{}, std::move(parts));
}

} // namespace detail

/// The items of several sources as they come, fairly. Ends when all have ended.
template <left_side... Sources>
requires(sizeof...(Sources) > 0) [[nodiscard]] auto merge(Sources... sources) {
  return detail::fan_in<detail::merge_join>(std::move(sources)...);
}
/// Tuples of one item of each source. Ends with the shortest; the others are told that nobody wants more.
template <left_side... Sources>
requires(sizeof...(Sources) > 0) [[nodiscard]] auto zip(Sources... sources) {
  return detail::fan_in<detail::zip_join>(std::move(sources)...);
}
/// All items of the first source, then of the second, … All start at once; the later ones fill their queues and wait.
template <left_side... Sources>
requires(sizeof...(Sources) > 0) [[nodiscard]] auto concat(Sources... sources) {
  return detail::fan_in<detail::concat_join>(std::move(sources)...);
}

// ---- as many as are known at run time only -----------------------------------------------------------------------

namespace detail {

template <class T, class Out, class Split, class Join, class In, class End>
pipe<In, End> fan_of(const std::vector<pipe<T, Out>>& pipes, Split split, Join join) {
  if (pipes.empty()) { throw plan_error("weir: tee(), merge() and concat() need a branch"); }
  std::vector<branch_parts> parts;
  for (const auto& p : pipes) { parts.push_back({p.parts(), {}}); }
  return fan_pipe<In, In, End>(part_list{}, std::move(split), std::move(join), std::move(parts));
}

} // namespace detail

/// tee(), merge() and concat() of a number of pipes that is known only at run time. Throws plan_error when there is none.
template <class T>
[[nodiscard]] pipe<T, void> tee(const std::vector<pipe<T, void>>& branches) {
  return detail::fan_of<T, void, detail::tee_split, detail::no_join, T, void>(branches, {}, {});
}
template <class T>
[[nodiscard]] pipe<void, T> merge(const std::vector<pipe<void, T>>& sources) {
  return detail::fan_of<void, T, detail::no_split, detail::merge_join<T>, void, T>(sources, {}, {});
}
template <class T>
[[nodiscard]] pipe<void, T> concat(const std::vector<pipe<void, T>>& sources) {
  return detail::fan_of<void, T, detail::no_split, detail::concat_join<T>, void, T>(sources, {}, {});
}

} // namespace weir
