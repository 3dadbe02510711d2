// The memory of one Lua machine: small blocks of many equal sizes, cut from large pieces, that all go at once.
#pragma once

#include <array>
#include <cstddef>
#include <stop_token>

namespace forge::lua {

// Not thread-safe: it belongs to one machine. Whatever is still out when it ends is given back with it. Its large pieces then
// wait for the next machine, as a page that the system gives anew is written with zeros first.
class Arena {
 public:
  Arena() = default;
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // lua_Alloc without its first argument: gives, moves or takes back (`new_size` 0) a block, aligned to 16 bytes. Null when
  // the system has no memory.
  void* change(void* block, std::size_t old_size, std::size_t new_size);

 private:
  struct Free;
  struct Piece;
  struct Large;

  static constexpr std::size_t kGrain = 16;  // sizes are rounded up to this
  static constexpr std::size_t kLargestSmall =
      2048;  // blocks up to this size are cut from pieces, larger ones are their own

  void* take(std::size_t size);
  void give_back(void* block, std::size_t size);
  void* take_small(std::size_t size);
  void* take_large(std::size_t size);
  bool add_piece();
  void use(Piece* piece);
  static bool keep(Piece* piece);              // false: enough are kept
  static Piece* spare();                       // null: none is kept
  static Piece* map_piece(std::size_t bytes);  // null: the system has no memory
  friend void release_spare_pieces();
  friend class SpareWatch;

  std::array<Free*, kLargestSmall / kGrain + 1> free_{};  // by size / kGrain
  char* next_ = nullptr;                                  // the rest of the newest piece
  char* end_ = nullptr;
  Piece* pieces_ = nullptr;
  Large* larges_ = nullptr;
  std::size_t piece_bytes_ = 0;  // the size of the newest piece
};

// Puts pieces where machines that grow find them, ahead of their asking. From one other thread.
class SpareWatch {
 public:
  // Whether a machine that grows might find none soon.
  static bool few();
  // Adds one, over which `touch` has gone; false where there is no memory, or `touch` says so.
  static bool add(bool (*touch)(void* begin, std::size_t bytes));
  // Until there are few again, or `stop` is asked for.
  static void wait(const std::stop_token& stop);
};

// Gives the pieces that wait for a next machine back to the system. Any thread may call it.
void release_spare_pieces();

}  // namespace forge::lua
