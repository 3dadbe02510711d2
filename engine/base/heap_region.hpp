// What the program's allocator may be given beforehand.
#pragma once

#include <cstddef>

namespace forge {

// A region is aligned to this, and a multiple of it.
inline constexpr std::size_t kHeapRegion = std::size_t{32} << 20;

// Has the allocator serve blocks from memory that is mapped, writable and zero, for as long as the process lives. False: it does
// not take it, and the caller keeps it.
using TakesRegion = bool (*)(void* begin, std::size_t bytes);

// Set once, before any thread is started, by a program whose allocator can do that; null elsewhere.
inline TakesRegion heap_takes_region = nullptr;

}  // namespace forge
