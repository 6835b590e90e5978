#include "stages/net/meeting.hpp"

#include <algorithm>
#include <string>

#include "stages/file/io_error.hpp"
#include "stages/net/backoff.hpp"

namespace weir::stages {
namespace {

using std::chrono::milliseconds;

/// The stop descriptor stays readable when a run is let out; from then on a cancel is only seen by looking.
constexpr milliseconds k_look{50};
/// One try may take as long, however little patience there is: an answer takes its way.
constexpr milliseconds k_one_try{5000};
/// One address of several: one that is dead without a word keeps nobody from the next.
constexpr milliseconds k_one_of_several{1500};

enum class waited { ready, over, stopped };

bool stopped(stage_context& context, give_up when) {
  return context.cancelled() || (when == give_up::when_interrupted && context.interrupted());
}

waited wait_for(waiting& waits, stage_context& context, std::optional<milliseconds> limit, give_up when) {
  while (!stopped(context, when)) {
    const bool look = when != give_up::when_told && context.finishing();
    const milliseconds piece = std::min(k_look, limit.value_or(k_look));
    const waiting::end end = look ? waits.wait(-1, piece) : waits.wait(context.stop_descriptor(), limit);
    if (end == waiting::end::ready) return waited::ready;
    if (end == waiting::end::stopped && when == give_up::when_told) break;
    if (end != waiting::end::timeout || !limit) continue;
    if (!look || (*limit -= piece) <= milliseconds::zero()) return waited::over;
  }
  return waited::stopped;
}

} // namespace

bool wait_for(waiting& waits, stage_context& context, give_up when) {
  return wait_for(waits, context, std::nullopt, when) == waited::ready;
}

bool pause_for(std::chrono::milliseconds time, stage_context& context, give_up when) {
  waiting nothing;
  return wait_for(nothing, context, time, when) == waited::over;
}

std::optional<stream_socket> connect_patiently(const net_address& to, std::chrono::nanoseconds patience,
                                               stage_context& context, give_up when) {
  backoff pauses(patience);
  waiting waits;
  for (;;) {
    bool given_up = false;
    connected got = try_connect(to, [&](int number, bool others) {
      waits.clear();
      waits.writable(number);
      const milliseconds limit = others ? k_one_of_several : std::max(pauses.left(), k_one_try);
      const waited how = wait_for(waits, context, limit, when);
      given_up = how == waited::stopped;
      return given_up ? answer::stopped : how == waited::over ? answer::none : answer::came;
    });
    if (got.socket || given_up) return std::move(got.socket);
    const auto pause = got.hopeless ? std::nullopt : pauses.next();
    if (!pause) throw server_gone(to.shown(), got.why);
    waits.clear();
    if (wait_for(waits, context, *pause, when) == waited::stopped) return {};
  }
}

} // namespace weir::stages
