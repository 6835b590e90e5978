// Pictures of a graph: DOT and Mermaid.

#include "engine/build_graph.hpp"
#include "engine/edge_ends.hpp"
#include "engine/tbb_threads.hpp"

#include <weir/report.hpp>

#include <map>

namespace weir {

namespace {

constexpr const char* k_states[] = {"ready", "waits for input", "waits for room",        "waits for a block",
                                    "timer", "blocking",        "waits for the outside", "paused",
                                    "done"};

std::string quoted(const std::string& text) {
  std::string safe(1, '"');
  for (const char c : text) { safe += c == '"' ? '\'' : c; }
  return safe += '"';
}

// Stages by number, so that names need no escaping as identifiers; edges to the outside get an end of their own.
class picture {
 public:
  explicit picture(const report& r) {
    for (const stage_report& s : r.stages) { numbers_.emplace(s.name, numbered("s", numbers_.size())); }
  }
  [[nodiscard]] std::string id(const std::string& stage, std::size_t edge, const char* outside) const {
    const auto found = numbers_.find(stage);
    return found == numbers_.end() ? numbered(outside, edge) : found->second;
  }

 private:
  static std::string numbered(const char* what, std::size_t n) { return std::string(what).append(std::to_string(n)); }

  std::map<std::string, std::string> numbers_;
};

std::string fill(const edge_report& e) { return std::to_string(e.items) + " of " + std::to_string(e.capacity); }

} // namespace

std::string to_dot(const report& r) {
  const picture p(r);
  std::string text = "digraph weir {\n  rankdir=LR;\n  node [shape=box];\n";
  for (const stage_report& s : r.stages) {
    text += "  " + p.id(s.name, 0, "") +
            " [label=" + quoted(s.name + "\\n" + k_states[static_cast<std::size_t>(s.state)]) + "];\n";
  }
  for (std::size_t i = 0; i < r.edges.size(); ++i) {
    const edge_report& e = r.edges[i];
    if (e.from == e.to) { continue; } // inside a farm
    text += "  " + p.id(e.from, i, "outside_in") + " -> " + p.id(e.to, i, "outside_out") +
            " [label=" + quoted(fill(e)) + (e.items >= e.capacity ? ", color=red, penwidth=2" : "") + "];\n";
  }
  return text + "}\n";
}

std::string to_mermaid(const report& r) {
  const picture p(r);
  std::string text = "flowchart LR\n";
  for (const stage_report& s : r.stages) {
    text += "  " + p.id(s.name, 0, "") + "[" + quoted(s.name + "<br>" + k_states[static_cast<std::size_t>(s.state)]) +
            "]\n";
  }
  for (std::size_t i = 0; i < r.edges.size(); ++i) {
    const edge_report& e = r.edges[i];
    if (e.from == e.to) { continue; } // inside a farm
    text += "  " + p.id(e.from, i, "outside_in") + (e.items >= e.capacity ? " ==>|" : " -->|") + quoted(fill(e)) +
            "| " + p.id(e.to, i, "outside_out") + "\n";
  }
  return text;
}

report plan::outline(std::size_t threads) const {
  const std::size_t p = threads == 0 ? detail::tbb_threads::default_threads() : threads;
  run_options unchecked;
  unchecked.check_joins = false;
  const graph g = detail::build_graph(parts_, unchecked, p, true).what;
  report r;
  for (const auto& n : g.nodes) {
    std::string name = detail::stage_name(n.get());
    if (!r.stages.empty() && r.stages.back().name == name) { continue; }
    r.stages.emplace_back();
    r.stages.back().name = std::move(name);
  }
  r.edges = detail::edges_of(g);
  return r;
}

} // namespace weir
