// What an operation needs, brings and takes away, as names that can be compared.
#pragma once

#include <string>
#include <vector>

#include "engine/diff/change.hpp"
#include "engine/plan/step.hpp"

namespace forge {

// Names such as "table orders", "column orders.total", "index orders_idx", "enum mood". One name may be taken by several
// kinds of objects that share a space ("relation orders": a table and a view cannot both have it).
struct Resources {
  std::vector<std::string> creates;   // there afterwards, not before
  std::vector<std::string> frees;     // there before, not afterwards
  std::vector<std::string> uses;      // must be there while the operation runs
  std::vector<std::string> releases;  // used before, no longer afterwards
};

// The resources of one step: its operations' and its work's, what it creates itself left out of what it uses.
Resources resources_of(const Step& step);

}  // namespace forge
