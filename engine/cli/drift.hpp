// Whether a database still is what a plan begins with.
#pragma once

#include <string>
#include <vector>

#include "engine/cli/schema_reader.hpp"
#include "engine/exec/plan_file.hpp"

namespace forge {

// What differs between `wanted` and the database behind `url`, one line each, as far as the plan knows or makes it: what else stands
// in the database is no business of the plan's. Expressions are compared as the server writes them.
Result<std::vector<std::string>> drift_from(const Schema& wanted, const PlanFile& plan, const std::string& url,
                                            SchemaReader& reader);

// What differs between two schemas, one line each.
std::vector<std::string> schema_differences(Schema wanted, Schema live);

// The error (refused) for a database that drifted.
Error drift_error(const PlanFile& plan, const std::vector<std::string>& lines);

}  // namespace forge
