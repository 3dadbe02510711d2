// The memory that a large spec will want, touched beside its reading.
#pragma once

#include <cstddef>
#include <memory>

namespace forge::lua {

// A page that is touched for the first time is found and written with zeros by the system while the toucher waits: a third of
// what it takes to read ten thousand tables, and more where a host lends its guests memory as they ask. While one of these lives,
// and the spec is large enough to be worth it, a thread of its own takes such pages a little ahead: pieces for Arena (those that
// are left over wait for the next machine), and what the model is built from, where the allocator takes a region.
class EarlyMemory {
 public:
  // `spec_bytes` is the size of the spec's file.
  explicit EarlyMemory(std::size_t spec_bytes);
  ~EarlyMemory();
  EarlyMemory(const EarlyMemory&) = delete;
  EarlyMemory& operator=(const EarlyMemory&) = delete;

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace forge::lua
