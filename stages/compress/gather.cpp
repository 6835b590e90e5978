#include "stages/compress/gather.hpp"

#include <cstring>
#include <utility>

namespace weir::stages {

step gather::process(inlet<block>& in, outlet<block>& out) {
  block& item = in.front();
  nothing_yet_ = false;
  const bool large = item.size() >= context_->blocks().payload() / 2;
  if (pending_ && (large || item.size() > pending_.capacity() - pending_.size())) { return push_pending(out); }
  if (large) {
    if (!out.try_push(std::move(item))) { return step::room; }
  } else {
    if (!pending_) {
      pending_ = context_->blocks().try_take();
      if (!pending_) { return step::memory; }
      pending_.position(item.position());
    }
    std::memcpy(pending_.data() + pending_.size(), item.data(), item.size());
    pending_.resize(pending_.size() + item.size());
  }
  in.release(1);
  return step::more;
}

step gather::finish(outlet<block>& out) {
  if (nothing_yet_ && !pending_) {
    pending_ = context_->blocks().try_take();
    if (!pending_) { return step::memory; }
    nothing_yet_ = false;
  }
  if (!pending_) { return step::done; }
  return push_pending(out);
}

step gather::push_pending(outlet<block>& out) { return out.try_push(std::move(pending_)) ? step::more : step::room; }

} // namespace weir::stages
