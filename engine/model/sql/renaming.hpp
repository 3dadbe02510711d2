// Renames of columns and tables inside queries, triggers and other texts that say them in statements.
#pragma once

#include <string>
#include <string_view>

#include "engine/model/sql/meaning.hpp"

namespace forge {

// What a rename makes of a text.
struct RenamedText {
  std::string text;
  // The text may mean something else by a name that was renamed, or by the new one: what that is, for people ("" where all is clear).
  std::string unclear;
};

namespace sql {

// Whether a SELECT's item that is nothing but the renamed column goes on giving its result the old name (`a` becomes `b AS a`, and
// `b AS a` becomes `a` on the way back).
enum class Results {
  kept,        // everywhere, as servers do in views
  where_read,  // where the rest of the text knows them by their names: of a query that stands for a table
};

RenamedText rename_column(std::string_view text, const About& about, const QName& table, std::string_view from,
                          std::string_view to, Results results, const HasColumn& has = {});
RenamedText rename_table(std::string_view text, const About& about, const QName& from, const QName& to,
                         const HasColumn& has = {});

}  // namespace sql

// A query with a column of one table renamed. `named_outside`: the view itself names its columns, so that only queries inside of it
// keep the names of their results.
std::string rename_column_in_query(std::string_view query, const QName& table, std::string_view from,
                                   std::string_view to, bool named_outside, const HasColumn& has = {});

// A query with a table renamed: where it is read, and as a qualifier.
std::string rename_table_in_query(std::string_view query, const QName& from, const QName& to,
                                  const HasColumn& has = {});

// Whether the query reads the column of that table.
bool query_reads_column(std::string_view query, const QName& table, std::string_view column, const HasColumn& has = {});

}  // namespace forge
