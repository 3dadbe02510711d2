// What rows must keep to so that a plan has no reason to refuse them: what holds before it, and what is to hold after it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/exec/plan_file.hpp"
#include "engine/exec/proof_values.hpp"

namespace forge {

// One table's, in the names of the schema that the plan begins with.
struct TableWishes {
  std::vector<std::vector<std::string>> uniques;  // columns, or those that an expression names
  std::vector<ForeignKey> keys;                   // their tables are there before the plan
  std::set<std::string> required;                 // no NULL
  std::map<std::string, ValueRange> later;        // what a column can hold once the plan has run
  std::vector<std::string> checks;                // of both schemas, and bounds of partitions
  std::vector<std::string> later_checks;          // those that the plan adds, of columns that keep their type
  bool empty = false;                             // the plan adds a column that no row has a value for
};

// Errors (internal): the plan does not fold.
Result<std::map<QName, TableWishes>> wishes_of(const PlanFile& plan, const Schema& before);

// The schema's tables, those that others refer to first; in a circle, as they come. They point into `schema`.
std::vector<const Table*> parents_first(const Schema& schema, const std::map<QName, TableWishes>& wishes);

}  // namespace forge
