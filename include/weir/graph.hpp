#pragma once
// graph: the nodes and edges of one run, and the builder that parts use to make them. part: one recipe of a plan.

#include <weir/edge.hpp>
#include <weir/stage.hpp>

#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weir {

/// What one run is made of. Nodes stand in flow order: a node comes after everything it reads from.
struct graph {
  std::vector<std::unique_ptr<edge_base>> edges;
  std::vector<std::unique_ptr<node>> nodes; // destroyed before the edges they use
  std::vector<std::shared_ptr<void>> kept;  // whatever else must live as long as the edges

  graph() = default;
  graph(graph&&) = default;
  graph& operator=(graph&&) = delete;
  ~graph() {
    nodes.clear();
    edges.clear();
  }
};

/// Where parts put what they make.
class graph_builder {
 public:
  /// `dry`: only to look at; single-use parts must not be used up.
  /// `check_joins`: parts that may lock themselves up for lack of buffer are refused.
  graph_builder(graph& target, std::size_t threads, bool dry, bool check_joins = true)
      : graph_(&target), threads_(threads), dry_(dry), check_joins_(check_joins) {}

  [[nodiscard]] bool dry() noexcept {
    asked_ = true;
    return dry_;
  }
  /// Nobody asked whether the graph is only to be looked at: a dry one is as good as a real one.
  [[nodiscard]] bool same_when_dry() const noexcept { return !asked_; }
  [[nodiscard]] bool check_joins() const noexcept { return check_joins_; }
  /// The part that is being built stands there several times.
  [[nodiscard]] bool replicating() const noexcept { return replicating_ > 0; }
  void replicating(bool more) noexcept { replicating_ += more ? 1 : -1; }

  /// Compute threads of the engine the run is for: what parallel() without a number takes.
  [[nodiscard]] std::size_t threads() const noexcept { return threads_; }

  template <class T>
  typed_edge<T>& add_edge(const edge_options& options, std::size_t default_capacity, std::string name) {
    auto made = detail::make_stored<typed_edge<T>>(options.resolved(default_capacity));
    made->name(std::move(name));
    typed_edge<T>& e = *made;
    graph_->edges.push_back(std::move(made));
    return e;
  }
  /// Takes an edge made outside, for an end that outlives the run.
  edge_base& add_edge(std::unique_ptr<edge_base> made) {
    made->outlives_run();
    graph_->edges.push_back(std::move(made));
    return *graph_->edges.back();
  }
  /// Keeps an object as long as the run.
  template <class T>
  T& keep(std::shared_ptr<T> object) {
    T& kept = *object;
    graph_->kept.push_back(std::move(object));
    return kept;
  }

  template <class Node, class... Args>
  Node& add_node(Args&&... args) {
    auto made = detail::make_stored<Node>(std::forward<Args>(args)...);
    Node& n = *made;
    graph_->nodes.push_back(std::move(made));
    return n;
  }
  [[nodiscard]] node& last_node() noexcept { return *graph_->nodes.back(); }

 private:
  graph* graph_;
  std::size_t threads_;
  bool dry_;
  bool asked_ = false;
  bool check_joins_;
  int replicating_ = 0;
};

/// A stage of this lag may swallow any number of items, or make several of one.
inline constexpr std::size_t k_any_lag = std::numeric_limits<std::size_t>::max();

/// Stands for a single-use stage in a graph that is only looked at.
class described_node final : public node {
 public:
  described_node(std::string name, stage_needs needs, edge_base* in, edge_base* out)
      : node(std::move(name)), needs_(needs) {
    if (in != nullptr) { add_input(*in); }
    if (out != nullptr) { add_output(*out); }
  }
  [[nodiscard]] stage_needs needs() const override { return needs_; }

 protected:
  step body(const turn_budget&) override { return step::done; }

 private:
  stage_needs needs_;
};

/// One recipe of a plan: makes its nodes anew for every run. Immutable once in a plan; shared by copies of the plan.
class part {
 public:
  explicit part(std::string name) : name_(std::move(name)) {}
  part(const part&) = delete;
  part& operator=(const part&) = delete;
  virtual ~part() = default;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// The name of the stage that items leave by, where it is not the one that they enter by.
  [[nodiscard]] virtual std::string exit_name() const { return name_; }
  /// Makes the nodes between the two ends; null where the part has none.
  virtual void build(graph_builder& builder, edge_base* in, edge_base* out) const = 0;
  /// Makes the edge that leaves this part; null for a sink.
  virtual edge_base* add_out_edge(graph_builder& builder, const edge_options& options, std::string name) const = 0;
  /// Items it may take in before it must have made one for each: what zip() after tee() has to make up for.
  [[nodiscard]] virtual std::size_t lag() const noexcept { return k_any_lag; }
  /// This part and the one behind it as one, where that spares work; null: they stay two.
  [[nodiscard]] virtual std::shared_ptr<const part> joined_with(const part& next) const {
    (void)next;
    return nullptr;
  }
  /// The part can serve one run only, and has.
  [[nodiscard]] virtual bool used_up() const noexcept { return false; }

 private:
  std::string name_;
};

/// Items an edge holds when nobody says otherwise: few blocks (a quarter of a megabyte each), many small items.
template <class T>
inline constexpr std::size_t k_default_capacity = holds_block<T>     ? 4
                                                  : sizeof(T) <= 256 ? 1024
                                                                     : 64;

} // namespace weir
