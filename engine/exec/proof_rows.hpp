// Rows that are made for a table, so that a plan can be proved without anybody's data.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/db/session.hpp"
#include "engine/exec/plan_file.hpp"

namespace forge {

struct RowsMade {
  std::map<QName, std::int64_t> rows;  // by table
  std::vector<std::string> notes;      // tables that have fewer rows than were asked for, and why
};

// Fills the tables of `schema`, which are there and empty, with `rows` rows each: tables that others refer to come first; keys,
// uniques, foreign keys, NOT NULL, lengths, enums and what the server says of checks are kept to, those of the schema that the plan
// ends with too. Equal schemas and seeds give equal rows. Errors: the server's, where it is not about a row.
Result<RowsMade> make_rows(Session& session, const PlanFile& plan, const Schema& schema, std::int64_t rows,
                           std::uint64_t seed);

}  // namespace forge
