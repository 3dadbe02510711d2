#include "engine/lua/early_memory.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <thread>

#include "engine/base/heap_region.hpp"
#include "engine/lua/arena.hpp"

namespace forge::lua {
namespace {

constexpr std::size_t kWorthIt = std::size_t{1} << 20;  // a spec of a thousand tables
// A spec's tables are a good dozen times as large in the model as in its text.
constexpr std::size_t kModelPerByte = 16;
constexpr std::size_t kMostModel = 6 * kHeapRegion;
constexpr std::size_t kStride = std::size_t{4} << 20;  // touched in one call, which is not broken off

// Touches pages in whose place nothing has been written yet, or has: they keep what they hold. False: the system cannot.
bool touch(void* begin, std::size_t bytes) {
#ifdef MADV_POPULATE_WRITE
  return madvise(begin, bytes, MADV_POPULATE_WRITE) == 0;
#else
  return static_cast<void>(begin), static_cast<void>(bytes), false;
#endif
}

// A region that the allocator has taken; null where it takes none.
char* give_region(std::size_t bytes) {
  if (heap_takes_region == nullptr || bytes == 0) return nullptr;
  const std::size_t mapped = bytes + kHeapRegion;
  void* found = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (found == MAP_FAILED) return nullptr;
  const auto address = reinterpret_cast<std::uintptr_t>(found);
  char* begin = static_cast<char*>(found) + ((address + kHeapRegion - 1) / kHeapRegion * kHeapRegion - address);
  madvise(begin, bytes, MADV_HUGEPAGE);  // a wish: small pages serve as well
  if (heap_takes_region(begin, bytes)) return begin;
  munmap(found, mapped);
  return nullptr;
}

}  // namespace

class EarlyMemory::Work {
 public:
  explicit Work(std::size_t spec_bytes)
      : bytes_(std::min(spec_bytes * kModelPerByte / kHeapRegion * kHeapRegion, kMostModel)),
        next_(give_region(bytes_)),
        end_(next_ == nullptr ? nullptr : next_ + bytes_),
        thread_([this](const std::stop_token& stop) { run(stop); }) {}

 private:
  // Machines come first: the model is built once they have run.
  void run(const std::stop_token& stop) {
    const SpareWatch spares;
    while (!stop.stop_requested()) {
      if (spares.few()) {
        if (!spares.add([](void* begin, std::size_t bytes) { return touch(begin, bytes); })) return;
      } else if (next_ != end_) {
        const auto bytes = std::min(kStride, static_cast<std::size_t>(end_ - next_));
        if (!touch(next_, bytes)) return;
        next_ += bytes;
      } else {
        spares.wait(stop);
      }
    }
  }

  std::size_t bytes_;
  char* next_;
  char* end_;
  std::jthread thread_;
};

EarlyMemory::EarlyMemory(std::size_t spec_bytes) {
  if (spec_bytes >= kWorthIt) work_ = std::make_unique<Work>(spec_bytes);
}

EarlyMemory::~EarlyMemory() = default;

}  // namespace forge::lua
