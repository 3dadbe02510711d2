// A whole schema as the statements that make it.
#pragma once

#include <string>
#include <vector>

#include "engine/lua/dialect.hpp"

namespace forge {

// Statements for a database that is empty, or holds the part `there` of it, in an order in which it takes them, as the engine's
// client reads them.
Result<std::string> schema_as_sql(const Schema& schema, DialectHost& dialect, const Schema& there = {});

// The same, one by one.
Result<std::vector<Statement>> schema_statements(const Schema& schema, DialectHost& dialect, const Schema& there = {});

}  // namespace forge
