#pragma once

#include <weir/parallel.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace weir::stages {

/// A part that stands for `gather | parallel(0, encoder)`, reported as one stage.
class encoder_farm final : public part {
 public:
  encoder_farm(std::string name, pipe<block, block> encoder) : part(std::move(name)), encoder_(std::move(encoder)) {}

  void build(graph_builder& builder, edge_base* in, edge_base* out) const override;
  edge_base* add_out_edge(graph_builder& builder, const edge_options& options, std::string name) const override;

 private:
  pipe<block, block> encoder_;
};

/// The stage around an encoder that makes one complete member or frame of what it is given:
///   static std::size_t bound(std::size_t n);
///   std::size_t encode(std::span<const std::byte> in, std::span<std::byte> out);
///   std::size_t context_bytes() const;
template <class Encoder>
class encoder_stage {
 public:
  explicit encoder_stage(int level) : encoder_(level) {}

  void start(stage_context& context) {
    context_ = &context;
    const std::size_t room = context.blocks().block_size();
    for (largest_ = room; Encoder::bound(largest_) > room;) largest_ -= Encoder::bound(largest_) - room;
  }
  /// One being filled, those at the outlet, and some on their way to the end.
  stage_needs needs() const { return {.blocks = 4, .context_bytes = encoder_.context_bytes()}; }

  // The worst case of a slice fits an output block. What does not fit in one is cut into slices of one size.
  step process(inlet<block>& in, outlet<block>& out) {
    block& item = in.front();
    const std::size_t slices = std::max<std::size_t>(1, (item.size() + largest_ - 1) / largest_);
    const std::size_t slice = (item.size() + slices - 1) / slices;
    const step why = encode(item.bytes().first(slice), item.position(), out);
    if (why != step::more) return why;
    if (slices == 1) {
      in.release(1);
    } else {
      item.drop_front(slice);
    }
    return step::more;
  }

 private:
  step encode(std::span<const std::byte> slice, std::uint64_t position, outlet<block>& out) {
    block made = context_->blocks().try_take();
    if (!made) return step::memory;
    made.grow_front(made.headroom()); // nobody puts anything before a member
    made.resize(encoder_.encode(slice, made.space()));
    made.position(position);
    return out.try_push(std::move(made)) ? step::more : step::room;
  }

  Encoder encoder_;
  stage_context* context_ = nullptr;
  std::size_t largest_ = 0; ///< slice, in bytes
};

/// The stage `name` made of such encoders.
template <class Encoder>
pipe<block, block> encode_in_parallel(std::string name, int level) {
  auto encoder = make_stage(name, [level] { return encoder_stage<Encoder>(level); });
  return pipe<block, block>(std::make_shared<encoder_farm>(std::move(name), std::move(encoder)));
}

} // namespace weir::stages
