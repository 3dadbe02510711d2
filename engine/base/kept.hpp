// Values that live as long as the process.
#pragma once

#include <memory>
#include <utility>
#include <vector>

namespace forge {

// Keeps the value until the process ends and its memory goes at once: taking a large model apart piece by piece, just
// before, is time for nothing. Only for what a command makes once.
template <class T>
T& kept_to_the_end(T value) {
  static auto& all = *new std::vector<std::shared_ptr<void>>();  // never destroyed, and never lost sight of
  auto held = std::make_shared<T>(std::move(value));
  all.push_back(held);
  return *held;
}

}  // namespace forge
