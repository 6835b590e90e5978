// Prints the table of legal changes of a stage's state word as Markdown: what scripts/proof puts into docs/lifecycle.md.

#include "engine/state_word.hpp"

#include <cstdio>

int main() {
  using namespace weir::detail; // NOLINT(google-build-using-namespace): a program of one file
  constexpr const char* k_states[] = {"idle", "ready", "running", "notified", "done"};
  constexpr const char* k_acts[] = {"wake", "claim", "yield", "park", "retire"};
  std::printf("| in state |");
  for (const char* name : k_acts) { std::printf(" %s |", name); }
  std::printf("\n|---|---|---|---|---|---|\n");
  for (unsigned from = 0; from < 5; ++from) {
    std::printf("| **%s** |", k_states[from]);
    for (unsigned what = 0; what < 5; ++what) {
      const auto to = next_life(static_cast<life>(from), static_cast<act>(what));
      std::printf(" %s |", to ? k_states[static_cast<unsigned>(*to)] : "-");
    }
    std::printf("\n");
  }
  return 0;
}
