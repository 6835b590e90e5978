// Compress to a slow disk with fixed memory: the source could make gigabytes a second, the disk takes 64 blocks a second, and
// memory stays below the bound that was printed before the start.
#include <weir/weir.hpp>

#include "stages/stages.hpp"

#include <chrono>
#include <cstdint>
#include <cstdio>

// A disk that is busy for 16 ms with every block. While it is, the stage waits on a timer: no thread does.
class slow_disk {
 public:
  explicit slow_disk(std::uint64_t& written) : written_(&written) {}
  void start(weir::stage_context& context) { context_ = &context; }

  weir::step process(weir::inlet<weir::block>& in) {
    if (context_->now() < busy_until_) {
      context_->wake_at(busy_until_);
      return weir::step::time;
    }
    *written_ += in.front().size();
    in.release(1);
    busy_until_ = context_->now() + std::chrono::milliseconds(16);
    return weir::step::more;
  }

 private:
  weir::stage_context* context_ = nullptr;
  weir::clock::time_point busy_until_{};
  std::uint64_t* written_;
};

int main() {
  std::uint64_t written = 0;
  weir::stages::generate_options load;
  load.bytes = std::uint64_t{16} << 20;
  const weir::plan plan =
      weir::stages::generate(load) | weir::stages::gzip(1) | weir::stage("slow disk", slow_disk(written));

  const weir::report report = plan.run({.memory = std::uint64_t{8} << 20});
  const weir::stage_report& source = report.stages.front();
  std::printf("%llu MiB through, compressed: %s\n", static_cast<unsigned long long>(source.bytes_out >> 20),
              written > 0 && written < source.bytes_out / 2 ? "yes" : "no");
  std::printf("memory within the bound: %s\n", report.memory_peak_bytes <= report.memory_bound_bytes ? "yes" : "no");
  std::printf("bound within 8 MiB: %s\n", report.memory_bound_bytes <= (8u << 20) ? "yes" : "no");
}
