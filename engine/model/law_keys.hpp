// What keys and indexes say of a table's columns, as far as an engine refuses references to them.
#pragma once

#include <string>
#include <vector>

#include "engine/model/table.hpp"

namespace forge {

// Does an index of the table begin with these columns, in their order? Behind an index's own columns stand those of the
// primary key.
bool begins_an_index(const Table& t, const std::vector<std::string>& columns);

// Is there a key or a whole unique index of just these columns, in any order?
bool made_unique(const Table& t, const std::vector<std::string>& columns);

}  // namespace forge
