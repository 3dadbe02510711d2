// SQL that a spec holds: what is wrong with it is said with its place in the spec, before anything is planned. The engine's
// own rules for quotes and comments decide (engine/model/sql/fault.hpp); for SQLite, SQLite itself is asked as well.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lua/spec_draft.hpp"

namespace forge::spec {

// The texts of a table whose members are all there.
Result<void> review_table(Context& c, const Table& table, const std::vector<WrittenSql>& texts);

// The views whose places the draft knows: those that the spec itself states.
Result<void> review_views(Context& c, const SchemaDraft& draft);

// A column's backfill: `up` is evaluated over a row of `was`, `down` over one of `now`.
Result<void> review_backfill(Context& c, const Schema& before, const Table& was, const Table& now,
                             const std::string& column, const ColumnIntent& said, NodePlace place);

// A column that a subquery reads by the name or alias of a table, which has none of that name.
struct UnknownRead {
  const Table* table = nullptr;
  std::string column;
  std::size_t at = 0, length = 0;  // in the text
};

// The first one; the tables are those of `schema`, and what none of them is is passed over.
std::optional<UnknownRead> unknown_read(const Context& c, const Schema& schema, std::string_view text);

// What `execute` runs, and the query that says whether it has run.
Result<void> review_statements(Context& c, const Raw& raw, NodePlace place);

}  // namespace forge::spec
