// Texts in which a name may mean more than the column or table that is called so.
#pragma once

#include <functional>
#include <string_view>

namespace forge {

// What a query or a body gives a name to by itself, so that renaming a column or table of that name in it may change what it means: the
// columns that a WITH or an alias lists, a WITH that is called as the table, another table that goes by the table's name.
// `another_table` says whether a name is one.
bool lists_column(std::string_view text, std::string_view column);
bool hides_table(std::string_view text, std::string_view table,
                 const std::function<bool(std::string_view)>& another_table);

// Does a query behind FROM or JOIN name the column?
bool derives_column(std::string_view text, std::string_view column);

}  // namespace forge
