// What a catalog tells that a schema does not state.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/model/table.hpp"

namespace forge {

// The server's text with the name of its own database taken off the tables, columns and routines that it qualifies.
// `relation` says whether there is a table, view or sequence of a name: `x`.`y` may also be a column behind an alias.
std::string without_database(std::string_view text, const std::string& database,
                             const std::function<bool(const std::string&)>& relation);

// MySQL and MariaDB make an index for a foreign key where none begins with its columns, and name it as the key. It is left
// out, as it comes by itself. `descends` says whether one that descends serves, too.
void leave_out_foreign_key_indexes(Table& table, bool descends);

}  // namespace forge
