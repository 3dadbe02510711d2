// Brings the text of CREATE statements to a form in which equal schemas are equal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace forge::test {

// Collapses white space outside strings, and drops the quotes of identifiers that need none.
std::string normalise_sql(std::string_view sql);

// A CREATE TABLE with its elements (split at the commas of its outermost parentheses) sorted; other statements as
// normalise_sql gives them.
std::string normalise_create(std::string_view sql);

// The same of what MySQL and MariaDB show of a table, less what they show of how it was written and hold equal: the kind of
// index that an index has anyway, and of a column the character set and collation that it has from its table.
std::string normalise_show_create(std::string_view sql);

// `pg_dump --schema-only` output: comments, settings and blank lines gone, one sorted entry per statement.
std::vector<std::string> normalise_pg_dump(std::string_view dump);

std::vector<std::string> split_lines(std::string_view text);

}  // namespace forge::test
