#include "engine/lua/arena.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <utility>

namespace forge::lua {
namespace {

// A start needs little; a large plan gets pages of 2 MB where the system has them, as each page of 4 kB that is touched for
// the first time costs a microsecond or more.
constexpr std::size_t kFirstPiece = std::size_t{1} << 20;
constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kLargestPiece = std::size_t{4} << 20;

std::size_t rounded(std::size_t size, std::size_t grain) { return (size + grain - 1) / grain * grain; }

}  // namespace

struct Arena::Free {
  Free* next;
};

struct alignas(16) Arena::Piece {
  Piece* next;
  std::size_t bytes;
  void* mapped;  // where the mapping begins, which may be before the piece
  std::size_t mapped_bytes;
};

namespace {

// The largest pieces of machines that have ended. Each names the next one.
struct Spares {
  std::mutex guard;
  std::condition_variable_any taken;
  void* first = nullptr;
  std::size_t count = 0;
};

constexpr std::size_t kMostSpares = 64;  // 256 MB
constexpr std::size_t kFewSpares = 4;    // what a machine takes while the next ones are touched

Spares& spares() {
  static auto& kept = *new Spares;  // machines may end after what is static
  return kept;
}

}  // namespace

struct alignas(16) Arena::Large {
  Large* next;
  Large* before;
};

Arena::~Arena() {
  while (larges_ != nullptr) std::free(std::exchange(larges_, larges_->next));
  while (pieces_ != nullptr) {
    auto* piece = std::exchange(pieces_, pieces_->next);
    if (piece->bytes < kLargestPiece || !keep(piece)) munmap(piece->mapped, piece->mapped_bytes);
  }
}

bool Arena::keep(Piece* piece) {
  auto& kept = spares();
  const std::lock_guard held(kept.guard);
  if (kept.count == kMostSpares) return false;
  piece->next = static_cast<Piece*>(kept.first);
  kept.first = piece;
  ++kept.count;
  return true;
}

Arena::Piece* Arena::spare() {
  auto& kept = spares();
  const std::lock_guard held(kept.guard);
  auto* piece = static_cast<Piece*>(kept.first);
  if (piece == nullptr) return nullptr;
  kept.first = piece->next;
  --kept.count;
  kept.taken.notify_one();
  return piece;
}

bool SpareWatch::few() {
  auto& kept = spares();
  const std::lock_guard held(kept.guard);
  return kept.count < kFewSpares;
}

bool SpareWatch::add(bool (*touch)(void* begin, std::size_t bytes)) {
  auto* piece = Arena::map_piece(kLargestPiece);
  if (piece == nullptr) return false;
  const bool touched = touch(piece, kLargestPiece);
  return Arena::keep(piece) && touched;
}

void SpareWatch::wait(const std::stop_token& stop) {
  auto& kept = spares();
  std::unique_lock held(kept.guard);
  kept.taken.wait(held, stop, [&] { return kept.count < kFewSpares; });
}

void Arena::use(Piece* piece) {
  piece->next = std::exchange(pieces_, piece);
  next_ = reinterpret_cast<char*>(piece) + sizeof(Piece);
  end_ = reinterpret_cast<char*>(piece) + piece->bytes;
}

Arena::Piece* Arena::map_piece(std::size_t bytes) {
  const bool huge = bytes >= kHugePage;
  const std::size_t mapped_bytes = bytes + (huge ? kHugePage : 0);
  void* mapped = mmap(nullptr, mapped_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  auto* begin = static_cast<char*>(mapped);
  if (huge) {
    const auto address = reinterpret_cast<std::uintptr_t>(begin);
    begin += rounded(address, kHugePage) - address;
    madvise(begin, bytes, MADV_HUGEPAGE);  // a wish: small pages serve as well
  }
  return new (begin) Piece{nullptr, bytes, mapped, mapped_bytes};
}

bool Arena::add_piece() {
  piece_bytes_ = piece_bytes_ == 0 ? kFirstPiece : std::min(piece_bytes_ * 2, kLargestPiece);
  auto* piece = piece_bytes_ == kLargestPiece ? spare() : nullptr;
  if (piece == nullptr) piece = map_piece(piece_bytes_);
  if (piece == nullptr) return false;
  use(piece);
  return true;
}

void* Arena::take_small(std::size_t size) {
  size = rounded(size, kGrain);
  if (auto*& head = free_[size / kGrain]) return std::exchange(head, head->next);
  if (static_cast<std::size_t>(end_ - next_) < size) {
    // What is left of the piece, less than what is asked for, serves its own size.
    if (next_ != end_) give_back(next_, static_cast<std::size_t>(end_ - next_));
    if (!add_piece()) return next_ = end_ = nullptr;
  }
  return std::exchange(next_, next_ + size);
}

void* Arena::take_large(std::size_t size) {
  auto* large = static_cast<Large*>(std::malloc(sizeof(Large) + size));
  if (large == nullptr) return nullptr;
  *large = {larges_, nullptr};
  if (larges_ != nullptr) larges_->before = large;
  larges_ = large;
  return large + 1;
}

void* Arena::take(std::size_t size) { return size <= kLargestSmall ? take_small(size) : take_large(size); }

void Arena::give_back(void* block, std::size_t size) {
  if (size <= kLargestSmall) {
    auto*& head = free_[rounded(size, kGrain) / kGrain];
    head = new (block) Free{head};
    return;
  }
  auto* large = static_cast<Large*>(block) - 1;
  (large->before != nullptr ? large->before->next : larges_) = large->next;
  if (large->next != nullptr) large->next->before = large->before;
  std::free(large);
}

void* Arena::change(void* block, std::size_t old_size, std::size_t new_size) {
  if (block == nullptr) return take(new_size);
  if (new_size == 0) {
    give_back(block, old_size);
    return nullptr;
  }
  if (old_size <= kLargestSmall && rounded(old_size, kGrain) == rounded(new_size, kGrain)) return block;
  void* made = take(new_size);
  if (made == nullptr) return nullptr;
  std::memcpy(made, block, std::min(old_size, new_size));
  give_back(block, old_size);
  return made;
}

void release_spare_pieces() {
  while (auto* piece = Arena::spare()) munmap(piece->mapped, piece->mapped_bytes);
}

}  // namespace forge::lua
