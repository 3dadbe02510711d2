// The names that an engine gives to what nobody named.
#pragma once

#include "engine/model/lower.hpp"

namespace forge {

// Names every unnamed key, index, foreign key, check and exclusion of a table as the engine itself would.
// PostgreSQL: makeObjectName and ChooseIndexName (63 bytes, the longer part cut first, a number on a collision).
// MySQL, MariaDB: PRIMARY; an index is called after its first column, then _2, _3 …; t_ibfk_1; t_chk_1 or CONSTRAINT_1.
// SQLite keeps constraints without a name: see kUnnamed. Indexes need one: as in PostgreSQL.
void name_members(Table& table, Naming naming);

// A name as people read it: what a member without one holds, "(a, b)", for the name that stands in for it.
std::string shown_name(const std::string& name);

// The sequence that PostgreSQL makes for a serial column, without its schema.
std::string serial_sequence_name(const std::string& table, const std::string& column);

}  // namespace forge
