// Storage that goes from run to run: each piece is one holder's, and a list that is mostly short keeps its entries.

#include "engine/run_place.hpp"

#include <weir/few.hpp>
#include <weir/storage.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

using namespace weir::detail;

TEST(Storage, IsAlignedToTwoCacheLinesWhateverItsHoldersSize) {
  for (const std::size_t bytes : {1u, 64u, 128u, 896u, 8192u, 100'000u}) {
    const held_storage piece(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(piece.at()) % k_storage_alignment, 0u) << bytes;
    std::memset(piece.at(), 0x5a, bytes);
  }
}

template <std::size_t Alignment, std::size_t Bytes>
struct alignas(Alignment) aligned : from_storage {
  explicit aligned(bool fails = false) {
    if (fails) { throw std::runtime_error("no object"); }
  }
  virtual ~aligned() = default;
  unsigned char bytes[Bytes]{};
};

template <std::size_t Alignment, std::size_t Bytes>
void is_aligned_again_and_again() {
  using object = aligned<Alignment, Bytes>;
  std::vector<std::unique_ptr<object>> all;
  for (int round = 0; round < 2; ++round) { // The second round has the pieces of the first.
    for (int i = 0; i < 5; ++i) {
      all.push_back(make_stored<object>());
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(all.back().get()) % Alignment, 0u);
      std::memset(all.back()->bytes, 0x5a, Bytes);
      EXPECT_THROW((void)make_stored<object>(true), std::runtime_error);
    }
    all.clear();
  }
}

TEST(Storage, HoldsObjectsOfAnyAlignment) {
  is_aligned_again_and_again<8, 440>();
  is_aligned_again_and_again<32, 160>();
  is_aligned_again_and_again<64, 320>(); // no multiple of two lines
  is_aligned_again_and_again<128, 100>();
  is_aligned_again_and_again<256, 100>(); // beyond storage
}

TEST(Storage, OfADestroyedHolderIsGivenBackOnce) {
  held_storage piece(256);
  EXPECT_NE(piece.at(), nullptr);
  piece.give_back();
  EXPECT_EQ(piece.at(), nullptr);
  piece.give_back();
}

// One thread starts what another ends, and both take and give: a piece that two hold at once shows the other's mark.
TEST(Storage, IsOneHoldersAtATime) {
  constexpr int k_threads = 4;
  constexpr int k_rounds = 3000;
  constexpr std::size_t k_bytes = 384;
  std::atomic<void*> passed{nullptr};
  std::atomic<int> wrong{0};
  std::vector<std::thread> all;
  for (int t = 0; t < k_threads; ++t) {
    all.emplace_back([&, t] {
      std::vector<unsigned char*> mine;
      for (int i = 0; i < k_rounds; ++i) {
        mine.push_back(static_cast<unsigned char*>(take_storage(k_bytes)));
        std::memset(mine.back(), t + 1, k_bytes);
        if (mine.size() < 8) { continue; }
        for (unsigned char* const piece : mine) {
          for (std::size_t b = 0; b < k_bytes; ++b) { wrong += piece[b] == t + 1 ? 0 : 1; }
          // Every piece is given by whoever finds it in the middle.
          if (void* const other = passed.exchange(piece)) { give_storage(other, k_bytes); }
        }
        mine.clear();
      }
      for (unsigned char* const piece : mine) { give_storage(piece, k_bytes); }
    });
  }
  for (std::thread& t : all) { t.join(); }
  if (void* const last = passed.load()) { give_storage(last, k_bytes); }
  EXPECT_EQ(wrong, 0);
}

#if !defined(__SANITIZE_ADDRESS__) // under which every piece is freed
TEST(Storage, OfAThreadThatHasEndedIsTakenByOthers) {
  constexpr std::size_t k_bytes = 704; // no other test has pieces of it
  constexpr std::size_t k_slab = 32 * 1024;
  std::uintptr_t first = 0;
  std::thread([&] {
    void* const piece = take_storage(k_bytes);
    first = reinterpret_cast<std::uintptr_t>(piece);
    give_storage(piece, k_bytes);
  }).join();
  std::set<std::uintptr_t> taken;
  std::thread([&] {
    for (std::size_t i = 0; i < k_slab / k_bytes; ++i) {
      taken.insert(reinterpret_cast<std::uintptr_t>(take_storage(k_bytes)));
    }
    for (const std::uintptr_t piece : taken) { give_storage(reinterpret_cast<void*>(piece), k_bytes); }
  }).join();
  EXPECT_TRUE(taken.contains(first)) << "it was given back";
  EXPECT_EQ(taken.size(), k_slab / k_bytes);
  EXPECT_LT(*taken.rbegin() - *taken.begin(), k_slab) << "all that was left of the slab";
}

std::uintptr_t page_of(const void* piece) { return reinterpret_cast<std::uintptr_t>(piece) / 4096; }

TEST(Storage, OfTwoRunsHasNoPageInCommonAndOfOneLiesTogether) {
  constexpr std::array<std::size_t, 6> k_sizes = {448, 768, 448, 128, 320, 2688};
  struct run {
    std::vector<void*> pieces;
    explicit run(const std::array<std::size_t, 6>& sizes) {
      const storage_of_run together;
      for (const std::size_t each : sizes) { pieces.push_back(take_storage(each)); }
    }
  };
  const auto give = [&](const run& of) {
    for (std::size_t i = 0; i < k_sizes.size(); ++i) { give_storage(of.pieces[i], k_sizes[i]); }
  };
  std::vector<run> all;
  for (int i = 0; i < 40; ++i) { all.emplace_back(k_sizes); }
  for (std::size_t i = 0; i < all.size(); i += 2) { give(all[i]); } // what comes next has what these leave
  for (std::size_t i = 0; i < all.size(); i += 2) { all[i] = run(k_sizes); }
  std::map<std::uintptr_t, const run*> whose;
  for (const run& each : all) {
    for (std::size_t i = 0; i < k_sizes.size(); ++i) {
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(each.pieces[i]) %
                    (k_sizes[i] % k_storage_alignment == 0 ? k_storage_alignment : 64),
                0u);
      EXPECT_LT(page_of(each.pieces[i]) - page_of(each.pieces[0]), 4u);
      EXPECT_EQ(whose.emplace(page_of(each.pieces[i]), &each).first->second, &each);
    }
  }
  for (const run& each : all) { give(each); }
}

TEST(Storage, OfMoreRunsThanThereArePlacesLiesAnywhere) {
  std::vector<std::unique_ptr<storage_of_run>> open; // all at once
  std::vector<void*> pieces;
  for (int i = 0; i < 100; ++i) {
    open.push_back(std::make_unique<storage_of_run>());
    pieces.push_back(take_storage(512));
  }
  while (!open.empty()) { open.pop_back(); }
  EXPECT_EQ(std::set<void*>(pieces.begin(), pieces.end()).size(), pieces.size());
  for (void* const piece : pieces) { give_storage(piece, 512); }
}

// A thread that takes one must not hold all that there are: the next burst would need as many again, once for each thread.
TEST(Storage, DoesNotGrowWithTheThreadsThatTakeOne) {
  constexpr std::size_t k_bytes = 832; // no other test has pieces of it
  constexpr std::size_t k_burst = 5000;
  constexpr std::size_t k_threads = 8;
  std::set<void*> seen;
  const auto burst = [&seen] {
    std::vector<void*> mine;
    for (std::size_t i = 0; i < k_burst; ++i) { mine.push_back(take_storage(k_bytes)); }
    seen.insert(mine.begin(), mine.end());
    for (void* const piece : mine) { give_storage(piece, k_bytes); }
  };
  std::atomic<bool> over{false};
  std::atomic<std::size_t> taken{0};
  std::vector<std::thread> others;
  burst();
  for (std::size_t t = 0; t < k_threads; ++t) {
    others.emplace_back([&over, &taken] {
      void* const piece = take_storage(k_bytes);
      ++taken;
      over.wait(false); // It lives on, with whatever it has fetched.
      give_storage(piece, k_bytes);
    });
    while (taken <= t) { std::this_thread::yield(); }
    burst();
  }
  over = true;
  over.notify_all();
  for (std::thread& t : others) { t.join(); }
  EXPECT_LT(seen.size(), k_burst + k_threads * 256) << "a few magazines a thread, and not all pieces each time";
}
#endif

TEST(Few, KeepsItsEntriesInOrderWhenItGrows) {
  few<int, 1> list;
  EXPECT_TRUE(list.all().empty());
  for (int i = 0; i < 100; ++i) { list.push_back(i); }
  ASSERT_EQ(list.all().size(), 100u);
  for (int i = 0; i < 100; ++i) { EXPECT_EQ(list.all()[static_cast<std::size_t>(i)], i); }
  list.clear();
  EXPECT_TRUE(list.all().empty());
  list.push_back(7);
  EXPECT_EQ(list.all().front(), 7);
}

} // namespace
