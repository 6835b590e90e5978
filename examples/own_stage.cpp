// A stage of your own on the command line: this program is `weir` with one stage more.
//
//   own_stage 'read secret.txt | rot13 | write -'
//   own_stage stages

#include "apps/weir/command.hpp"

#include <weir/own_block.hpp>
#include <weir/weir.hpp>

namespace {

// Turns letters by 13 places, in the block they came in.
struct rot13 {
  weir::stage_needs needs() const { return {.blocks_if_shared = weir::k_own_blocks}; }
  void start(weir::stage_context& context) { context_ = &context; }

  weir::step process(weir::inlet<weir::block>& in, weir::outlet<weir::block>& out) {
    while (!in.empty() && out.room() > 0) {
      if (const weir::step why = weir::make_own(in.front(), *context_); why != weir::step::more) return why;
      for (std::byte& each : in.front().bytes()) each = turned(each);
      if (!out.try_push(std::move(in.front()))) return weir::step::done; // nobody wants more
      in.release(1);
    }
    return weir::step::more;
  }

 private:
  static std::byte turned(std::byte letter) {
    const char c = static_cast<char>(letter);
    const char first = c >= 'a' && c <= 'z' ? 'a' : 'A';
    const bool is_letter = c >= first && c <= first + 25;
    return is_letter ? static_cast<std::byte>(first + (c - first + 13) % 26) : letter;
  }

  weir::stage_context* context_ = nullptr;
};

} // namespace

int main(int argc, char** argv) {
  weir::command::command mine;
  mine.add(
      "rot13", "turns letters by 13 places",
      [](weir::command::arguments&) { return [] { return weir::stage("rot13", rot13{}); }; },
      weir::command::record_flow::kept); // lines stay whole lines
  return mine.main(argc, argv);
}
