#pragma once
// field_tree: the wanted paths of a reader as a tree, so that each name of a record is looked up once.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stages/record/record_reader.hpp"

namespace weir::stages {

/// One name of a path. One thread.
class field_node {
 public:
  static constexpr std::uint32_t k_not_wanted = 0xffffffff;

  explicit field_node(std::string name = {}) : name_(std::move(name)) {}

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// Place of the value itself among the wanted ones; k_not_wanted: only something in it is.
  [[nodiscard]] std::uint32_t index() const noexcept { return index_; }
  [[nodiscard]] std::size_t children() const noexcept { return children_.size(); }

  /// The child named so, or null.
  [[nodiscard]] field_node* find(std::string_view name) const noexcept {
    if (children_.empty()) return nullptr;
    for (field_node* child = slots_[slot_of(name)]; child != nullptr; child = child->next_) {
      if (child->name_.size() == name.size() && same(child->name_.data(), name.data(), name.size())) return child;
    }
    return nullptr;
  }

  /// True once for each record, which has a number of its own: of two fields of one name the first counts.
  [[nodiscard]] bool first_in(std::uint64_t record) noexcept { return std::exchange(seen_in_, record) != record; }

 private:
  friend class field_tree;
  /// memcmp is a call, and names are short: their first and last bytes in two words that may overlap.
  [[nodiscard]] static bool same(const char* a, const char* b, std::size_t size) noexcept {
    if (size > 16) return std::memcmp(a, b, size) == 0;
    if (size >= 8) return same_ends<std::uint64_t>(a, b, size);
    if (size >= 4) return same_ends<std::uint32_t>(a, b, size);
    return size == 0 || (a[0] == b[0] && a[size / 2] == b[size / 2] && a[size - 1] == b[size - 1]);
  }
  template <class Word>
  [[nodiscard]] static bool same_ends(const char* a, const char* b, std::size_t size) noexcept {
    const auto word = [](const char* at) {
      Word loaded;
      std::memcpy(&loaded, at, sizeof loaded);
      return loaded;
    };
    const std::size_t last = size - sizeof(Word);
    return word(a) == word(b) && word(a + last) == word(b + last);
  }
  [[nodiscard]] std::size_t slot_of(std::string_view name) const noexcept {
    if (name.empty()) return 0;
    const auto first = static_cast<unsigned char>(name.front());
    const auto last = static_cast<unsigned char>(name.back());
    return (name.size() * 5 + first * 3U + last) & (slots_.size() - 1);
  }
  field_node& child(const std::string& name);
  void fill_slots();

  std::string name_;
  std::uint32_t index_ = k_not_wanted;
  std::uint64_t seen_in_ = 0;
  field_node* next_ = nullptr;      // in its parent's slot
  std::vector<field_node*> slots_;  // a power of two of them
  std::deque<field_node> children_; // stay where they are
};

class field_tree {
 public:
  explicit field_tree(std::span<const field_path> wanted);
  field_tree(const field_tree&) = delete;
  field_tree& operator=(const field_tree&) = delete;

  [[nodiscard]] field_node& root() noexcept { return root_; }
  /// Paths that are wanted twice: the second's place, the first's.
  [[nodiscard]] std::span<const std::pair<std::uint32_t, std::uint32_t>> copies() const noexcept { return copies_; }

 private:
  field_node root_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> copies_;
};

} // namespace weir::stages
