// The one list diff: used for every kind of object that stands in a list or a map.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/model/equivalence.hpp"

namespace forge {

// Pairs of positions (in `before`, in `after`); -1 where there is no partner. Members are partners by name, and, where
// `by_content`, those left over by everything but their name: such a pair is a rename. In the order of `after`, those
// that go first, in the order of `before`. Linear save for members without a name and renamed ones.
template <class T>
std::vector<std::pair<int, int>> pair_members(const std::vector<T>& before, const std::vector<T>& after,
                                              bool by_content) {
  std::vector<int> partner(after.size(), -1);
  std::vector<bool> taken(before.size());
  const auto take = [&](std::size_t i, std::size_t j) {
    partner[j] = static_cast<int>(i);
    taken[i] = true;
  };
  std::vector<std::size_t> by_name(before.size());
  for (std::size_t i = 0; i < before.size(); ++i) by_name[i] = i;
  const auto name = [&](std::size_t i) -> const std::string& { return before[i].name; };
  std::ranges::stable_sort(by_name, {}, name);
  for (std::size_t j = 0; j < after.size(); ++j) {
    if (after[j].name.empty()) continue;
    for (const auto i : std::ranges::equal_range(by_name, after[j].name, {}, name)) {
      if (!taken[i]) {
        take(i, j);
        break;
      }
    }
  }
  for (std::size_t j = 0; by_content && j < after.size(); ++j) {
    for (std::size_t i = 0; partner[j] < 0 && i < before.size(); ++i) {
      if (taken[i]) continue;
      T renamed = before[i];
      renamed.name = after[j].name;
      if (equivalent(renamed, after[j])) take(i, j);
    }
  }
  std::vector<std::pair<int, int>> out;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (!taken[i]) out.emplace_back(static_cast<int>(i), -1);
  }
  for (std::size_t j = 0; j < after.size(); ++j) out.emplace_back(partner[j], static_cast<int>(j));
  return out;
}

}  // namespace forge
