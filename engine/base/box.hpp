// A value held on the heap only where it differs from its default: keeps large models of plain values small.
#pragma once

#include <memory>
#include <utility>

namespace forge {

// Behaves as a T that is T{} until it is edited. Copies deeply, compares by value.
template <class T>
class Box {
 public:
  Box() = default;
  Box(const Box& other) : held_(other.held_ ? std::make_unique<T>(*other.held_) : nullptr) {}
  Box(Box&&) noexcept = default;
  Box& operator=(const Box& other) {
    if (this != &other) held_ = other.held_ ? std::make_unique<T>(*other.held_) : nullptr;
    return *this;
  }
  Box& operator=(Box&&) noexcept = default;
  ~Box() = default;

  const T& operator*() const { return get(); }
  const T* operator->() const { return &get(); }
  const T& get() const {
    static const T kDefault{};
    return held_ ? *held_ : kDefault;
  }
  // The value to change; made on the first call.
  T& edit() {
    if (!held_) held_ = std::make_unique<T>();
    return *held_;
  }
  bool is_default() const { return !held_ || *held_ == T{}; }

  friend bool operator==(const Box& a, const Box& b) { return (!a.held_ && !b.held_) || a.get() == b.get(); }

 private:
  std::unique_ptr<T> held_;
};

}  // namespace forge
