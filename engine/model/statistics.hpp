// Statistics objects of PostgreSQL: CREATE STATISTICS name [(kinds)] ON column, (expression) … FROM table.
#pragma once

#include <string>
#include <string_view>

#include "engine/model/definition.hpp"

namespace forge {

// The statement with what stands between ON and FROM in alphabetical order; a text of another form as it is. The server keeps the order of
// the table's columns, whatever was written.
std::string sorted_statistics(std::string_view create);

// Is it a statistics object over this table?
bool is_statistics_of(const Definition& definition, const QName& table);

// Does it belong to the table, or is it a statistics object over it, or a publication that has it?
bool stands_on(const Definition& definition, const QName& table);

}  // namespace forge
