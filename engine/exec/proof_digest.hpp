// Sums over the rows of tables, by which it shows whether two states of them hold the same.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/db/session.hpp"
#include "engine/exec/plan_file.hpp"

namespace forge {

struct TableDigest {
  std::int64_t rows = 0;
  std::map<std::string, std::string> columns;  // how many values a column has and their sum; whatever the order of rows
  std::string whole;                           // of whole rows
};

// The tables of `schema`. What `without` names is left out of whole rows. Errors (database).
using Digests = std::map<QName, TableDigest>;
using ColumnName = std::pair<QName, std::string>;
Result<Digests> digest_rows(Session& session, const Client& client, const Schema& schema,
                            const std::set<ColumnName>& without);

// What a plan says may be lost on the way there and back, in the names that it begins with.
struct Losses {
  std::set<QName> tables;  // all of their rows
  std::set<ColumnName> columns;
  bool anything = false;  // SQL of the user's own that has no way back
};
Losses losses_of(const PlanFile& plan);

// What differs: `lost` is what the plan said, `unexpected` is not.
struct RowDifferences {
  std::vector<std::string> lost, unexpected;
};
RowDifferences compare_rows(const Digests& before, const Digests& after, const Losses& losses);

}  // namespace forge
