// A whole schema as the SQL that makes it.
#pragma once

#include <string>

#include "engine/lua/dialect.hpp"

namespace forge {

// Statements for a database that is empty, or holds the part `there` of it, in an order in which it takes them, as the engine's
// client reads them.
Result<std::string> schema_as_sql(const Schema& schema, DialectHost& dialect, const Schema& there = {});

}  // namespace forge
