// Rows for random schemas.
#pragma once

#include <string>

#include "engine/model/schema.hpp"

namespace forge::test {

// INSERT statements, one row each, for every table of `before`: tables that others refer to come first, a foreign key's
// value is there in its parent, and every value can also be held by the column that `after` makes of it (by the same name
// or the one it is renamed to), so that a migration has no reason to refuse a row. `engine` names the SQL to write.
std::string random_rows(const Schema& before, const Schema& after, const std::string& engine, int rows);

}  // namespace forge::test
