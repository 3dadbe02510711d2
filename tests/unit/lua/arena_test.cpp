#include "engine/lua/arena.hpp"

#include "engine/base/heap_region.hpp"
#include "engine/lua/early_memory.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

namespace {

struct Block {
  char* at = nullptr;
  std::size_t size = 0;
  char mark = 0;
};

bool whole(const Block& block) {
  for (std::size_t i = 0; i < block.size; ++i) {
    if (block.at[i] != block.mark) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("blocks of an arena are aligned, apart from each other, and keep what they hold when they move",
          "[lua][arena]") {
  forge::lua::Arena arena;
  std::mt19937 random(17);
  std::vector<Block> blocks(300);
  // Around the border between small and large, and far above it.
  const auto some_size = [&] { return random() % 8 == 0 ? 1 + random() % 100000 : 1 + random() % 2200; };
  for (int round = 0; round < 30000; ++round) {
    auto& block = blocks[random() % blocks.size()];
    REQUIRE(whole(block));
    const std::size_t size = block.at != nullptr && random() % 4 == 0 ? 0 : some_size();
    auto* made = static_cast<char*>(arena.change(block.at, block.size, size));
    REQUIRE((made == nullptr) == (size == 0));
    if (made == nullptr) {
      block = {};
      continue;
    }
    REQUIRE(reinterpret_cast<std::uintptr_t>(made) % 16 == 0);
    const Block moved{made, std::min(block.size, size), block.mark};
    REQUIRE(whole(moved));
    block = {made, size, static_cast<char>(random())};
    std::memset(made, block.mark, size);
  }
}

TEST_CASE("an arena gives a block out again that was given back", "[lua][arena]") {
  forge::lua::Arena arena;
  void* first = arena.change(nullptr, 0, 40);
  arena.change(first, 40, 0);
  CHECK(arena.change(nullptr, 0, 48) == first);
}

TEST_CASE("what an arena leaves serves the next one, until it is released", "[lua][arena]") {
  const auto filled = [](forge::lua::Arena& arena) {
    std::vector<void*> blocks;
    for (int i = 0; i < 20'000; ++i) {
      blocks.push_back(arena.change(nullptr, 0, 1024));
      REQUIRE(blocks.back() != nullptr);
      std::memset(blocks.back(), i % 100, 1024);
    }
    return blocks;
  };
  std::vector<void*> old;
  {
    forge::lua::Arena first;
    old = filled(first);
  }
  std::ranges::sort(old);
  {
    forge::lua::Arena second;
    const auto fresh = filled(second);
    CHECK(std::ranges::count_if(fresh, [&](void* at) { return std::ranges::binary_search(old, at); }) > 1000);
    for (int i = 0; i < 20'000; ++i) REQUIRE(static_cast<char*>(fresh[static_cast<std::size_t>(i)])[1023] == i % 100);
  }
  forge::lua::release_spare_pieces();
  forge::lua::Arena third;
  filled(third);
}

TEST_CASE("pages that are touched ahead keep what is written in them meanwhile, and serve machines that grow",
          "[lua][arena]") {
  static char* region = nullptr;
  static std::size_t bytes = 0;
  forge::heap_takes_region = [](void* begin, std::size_t size) {
    region = static_cast<char*>(begin);
    bytes = size;
    return true;
  };
  {
    const forge::lua::EarlyMemory early(std::size_t{4} << 20);
    forge::heap_takes_region = nullptr;
    REQUIRE(bytes == 2 * forge::kHeapRegion);
    CHECK(reinterpret_cast<std::uintptr_t>(region) % forge::kHeapRegion == 0);
    constexpr std::size_t kPage = 4096;
    for (std::size_t at = 0; at < bytes; at += kPage) {
      REQUIRE(region[at] == 0);
      region[at] = static_cast<char>(1 + at / kPage % 100);
    }
    forge::lua::Arena arena;
    for (int i = 0; i < 40'000; ++i) {
      void* block = arena.change(nullptr, 0, 1024);
      REQUIRE(block != nullptr);
      std::memset(block, 1, 1024);
    }
    for (std::size_t at = 0; at < bytes; at += kPage) REQUIRE(region[at] == static_cast<char>(1 + at / kPage % 100));
  }
  munmap(region, bytes);
  forge::lua::release_spare_pieces();
}

TEST_CASE("an allocator that takes no region, and a small spec, are left alone", "[lua][arena]") {
  forge::heap_takes_region = [](void*, std::size_t) { return false; };
  {
    const forge::lua::EarlyMemory early(std::size_t{4} << 20);
  }
  forge::heap_takes_region = [](void*, std::size_t) -> bool { throw 1; };
  CHECK_NOTHROW(forge::lua::EarlyMemory(1000));
  forge::heap_takes_region = nullptr;
}
