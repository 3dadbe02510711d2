// What a way back has made of rows: how many tables have, and rows that point at nothing.
#pragma once

#include <cstdint>
#include <map>
#include <set>

#include "engine/exec/data_checks.hpp"

namespace forge {

// The tables of the plan's start that it changes in any way, by their names there.
std::set<QName> touched_tables(const PlanFile& plan, const Schema& after);

// How many rows each of them has while the plan's steps up to `number` have run (0: none stands), by the names of the start. A table that
// is not there just then is left out. Reads whole tables. Errors: the connection is lost.
Result<std::map<QName, std::int64_t>> rows_of_touched(Session& session, const PlanFile& plan, int number);

// Rows of them, or that point at them, whose foreign key points at no row, once nothing of the plan stands. Errors: the connection is
// lost.
Result<std::vector<DataFinding>> orphans(Session& session, const PlanFile& plan);

}  // namespace forge
