#include "apps/weir/live_line.hpp"

#include "apps/weir/stage_ends.hpp"
#include "apps/weir/terminal.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>

namespace weir::command {

namespace {

constexpr std::chrono::milliseconds k_interval{100};
constexpr double k_memory_of_speed = 1.0; // seconds

constexpr std::string_view k_to_begin = "\r";
constexpr std::string_view k_wipe_rest = "\x1b[K";

} // namespace

double progress_meter::speed::update(std::uint64_t total, clock::time_point at) {
  const double passed = std::chrono::duration<double>(at - at_).count();
  if (begun_ && passed > 0) {
    const double now = static_cast<double>(total - std::min(total, total_)) / passed;
    const double weight = measured_ ? 1 - std::exp(-passed / k_memory_of_speed) : 1.0;
    per_second_ += weight * (now - per_second_);
    measured_ = true;
  }
  if (begun_ && passed <= 0) return per_second_;
  begun_ = true;
  total_ = total;
  at_ = at;
  return per_second_;
}

progress_snapshot progress_meter::read(const report& from, clock::time_point at) {
  progress_snapshot shown;
  const stage_ends ends(from);
  std::uint64_t made = 0;
  std::uint64_t arrived = 0;
  for (const stage_report& stage : from.stages) {
    if (!ends.has_input(stage)) made += stage.bytes_out;
    if (!ends.has_output(stage)) arrived += stage.bytes_in;
  }
  // Sources that do not read files say nothing of their own: what left them counts.
  shown.done_bytes = from.done_bytes > 0 ? from.done_bytes : made;
  if (from.total_bytes > 0) shown.total_bytes = from.total_bytes;
  shown.in_bytes_per_second = in_.update(shown.done_bytes, at);
  shown.out_bytes_per_second = out_.update(arrived, at);
  shown.memory_used_bytes = from.memory_now_bytes;
  shown.memory_limit_bytes = memory_limit_;
  shown.bottleneck = from.bottleneck;
  shown.elapsed_seconds = from.seconds;
  if (shown.total_bytes && shown.in_bytes_per_second > 0) {
    const std::uint64_t left = *shown.total_bytes - std::min(*shown.total_bytes, shown.done_bytes);
    shown.eta_seconds = static_cast<double>(left) / shown.in_bytes_per_second;
  }
  return shown;
}

live_line::live_line(const run& of, std::uint64_t memory_limit, std::function<bool()> stopping)
    : run_(of), meter_(memory_limit), stopping_(std::move(stopping)), thread_([this] { draw_until_over(); }) {}

live_line::~live_line() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  wake_.notify_one();
  thread_.join();
  print_aside(std::string(k_to_begin).append(k_wipe_rest));
}

void live_line::draw_until_over() {
  std::unique_lock lock(mutex_);
  do {
    try {
      draw();
    } catch (const std::exception&) { // A line that is not drawn is no reason to end a run.
    }
  } while (!wake_.wait_for(lock, k_interval, [this] { return over_; }));
}

void live_line::draw() {
  progress_snapshot now = meter_.read(run_.snapshot(), progress_meter::clock::now());
  now.stopping = stopping_();
  const std::size_t width = terminal_width() - 1; // in the last column some terminals would wrap
  print_aside(std::string(k_to_begin).append(progress_line(now, width)).append(k_wipe_rest));
}

} // namespace weir::command
