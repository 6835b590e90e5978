#include <utility>

#include "stages/text/line_count.hpp"
#include "stages/text/text_stages.hpp"

namespace weir::stages {
namespace {

class count_sink {
 public:
  explicit count_sink(std::function<void(counts)> tell) : tell_(std::move(tell)) {}

  step process(inlet<block>& in) {
    const block& item = in.front();
    if (item.size() > 0) {
      so_far_.records += count_newlines(item.bytes());
      so_far_.bytes += item.size();
      line_open_ = item.text().back() != '\n';
    }
    in.release(1);
    return step::more;
  }

  step finish() {
    so_far_.records += line_open_ ? 1 : 0;
    tell_(so_far_);
    return step::done;
  }

 private:
  std::function<void(counts)> tell_;
  counts so_far_;
  bool line_open_ = false;
};

} // namespace

pipe<block, void> count(std::function<void(counts)> tell) {
  return make_stage("count", [tell = std::move(tell)] { return count_sink(tell); });
}

} // namespace weir::stages
