// The specs that the benchmarks read, as text.
#pragma once

#include <string>

namespace forge::bench {

// `tables` tables of 20 columns with an index each, and `changes` changes, in equal parts: columns added, indexes added,
// columns dropped, columns renamed. At most one change a table.
std::string wide_spec(int tables, int changes);

// The same schemas as SQL for SQLite, before the changes or after them.
std::string wide_sql(int tables, int changes, bool after);

// Shapes in which a loop over a loop would show. Each has one small change besides.
std::string one_table_spec(int columns);
std::string star_spec(int foreign_keys);  // each on a table of its own, all to one table
std::string chain_spec(int views);        // each view reads the one before it
std::string enum_spec(int enums);         // each used by a column
std::string changes_spec(int changes);    // as many tables, each changed

}  // namespace forge::bench
