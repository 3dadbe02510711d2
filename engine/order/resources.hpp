// What a step makes, uses, takes away and names: the ground of the ordering rules.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/plan/step.hpp"

namespace forge {

// Resources are strings such as "table 'orders'", "column 'orders.total'" or "name 'orders_idx'", fit for messages.
// Where names of indexes (and of the keys behind which one stands) and of other constraints must be unique: in their table,
// or in the whole schema.
struct NameScopes {
  bool indexes_in_table = false;      // MySQL, MariaDB
  bool constraints_in_table = false;  // PostgreSQL, SQLite
  bool checks_in_table = false;       // these and MariaDB
  bool bound = false;                 // PostgreSQL: what uses an object keeps it from being taken away
  bool definitions = false;           // the plan makes or takes away routines, types …: what names them is of interest
};

struct Touches {
  std::vector<std::string> creates, drops;
  std::vector<std::string> needs;         // what it leaves behind refers to these
  std::vector<std::string> reads;         // its rows or its dual-write go through these while they are there
  std::vector<std::string> releases;      // what it takes away referred to these
  std::vector<std::string> takes, frees;  // names that must not be held by two at a time
};

// Everything that the step's operations and rows touch, each once, in order of first mention. What a step makes and
// takes away itself is nobody else's business and left out. Renames are known to those who use the old name (retarget),
// so a rename creates the new name and frees the old one, but drops nothing.
Touches touches_of(const Step& step, NameScopes scopes = {});

}  // namespace forge
