// Catalog rows become a Schema: the one reader of every engine that speaks SQL over a connection.
//
// An engine gives its questions as data, in dialects/ENGINE/queries.lua: a list of {section, sql}. A section's columns are
// found by name, and a column that a query does not give leaves the field at its default. Most are the fields of the
// model (engine/model/table.hpp, objects.hpp) under the names that they have there; the value is text, `t`, `true` and
// `1` are true, NULL is absent, settings are lines of name=value. Several queries may serve one section, and a section
// that an engine has nothing of needs none. Rows of one member that have an order come in that order.
//
//   database      name: the database's own, which is taken off where its texts qualify names with it; owner, where objects
//                 have such
//   prepare       a statement whose rows are no part of the catalog
//   namespaces    name, comment
//   enums         schema, name, comment, value              a row for each value
//   sequences     schema, name, …, owner_schema, owner_table, owner_column
//   tables        schema, name, comment and the fields of TableOptions; inherits is a line for each, quoted as SQL has it
//   columns       schema, table, name, type (as the server spells it), enum_schema, enum_name (of its type), nullable,
//                 default (text), default_is (see CatalogRules), serial, generated, stored, identity (always, default),
//                 start, increment, collation, charset, on_update, invisible, comment
//   keys          schema, table, name, primary, nulls_not_distinct, deferrable, deferred
//   indexes       schema, table, name, unique, where, method, nulls_not_distinct, invisible, comment, storage
//   exclusions    schema, table, name, method, where, deferrable, deferred
//   parts         schema, table, of (the key, index or exclusion), column or expr, desc, nulls, opclass, collation, length,
//                 operator, included                        a row for each part
//   foreign_keys  schema, table, name, column, ref_schema, ref_table, ref_column, on_delete, on_update, match, deferrable,
//                 deferred, not_valid, not_enforced         a row for each pair of columns
//   checks        schema, table, name, expr, not_valid, not_enforced, no_inherit, with_table (MariaDB: not written at a column)
//   views         schema, name, query, materialized, security_invoker, definer, check_option, comment
//   definitions   kind, own (its name behind the kind), on_schema, on_table, create, body, definer, drop, shape, replaces
//                 (engine/model/definition.hpp); on_… are NULL where it stands by itself. A grant on a table, view or column
//                 (on_column) that is not there is passed over
//   definition_parts  kind, own, on_schema, on_table, key, make, undo            a row for each part
//   definition_uses   kind, own, on_schema, on_table, uses                       a row for each name
//   unmanaged     kind, name, definition                    what the model does not hold
//
// `schema` is "" in the engine's default namespace.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/db/session.hpp"
#include "engine/model/schema.hpp"

namespace forge {

struct CatalogQuery {
  std::string section;
  std::string sql;
  bool may_be_denied = false;  // it asks for grants: where the account may not see them, nothing is told of them

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("section", self.section);
    visit("sql", self.sql);
    visit("may_be_denied", self.may_be_denied);
  }
};

// A column as the server tells of it, as far as its type and default depend on each other.
struct CatalogColumn {
  std::string type;       // as the server spells it
  std::string enum_name;  // in display form, where the type (or its element) is a named enum
  std::string default_text;
  std::string default_is;  // what the query says of the text: "", or a word that the dialect's own read.lua knows
  bool has_default = false;
  bool serial = false;

  auto operator<=>(const CatalogColumn&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("type", self.type);
    visit("enum_name", self.enum_name);
    visit("default_text", self.default_text);
    visit("default_is", self.default_is);
    visit("has_default", self.has_default);
    visit("serial", self.serial);
  }
};

// What it means in the model's words.
struct ReadColumn {
  Type type;
  std::optional<Expr> default_value;

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("type", self.type);
    visit("default", self.default_value);
  }
};

// What the reader must know of an engine besides its queries; filled from its dialect.
struct CatalogRules {
  std::vector<CatalogQuery> queries;
  // Called once for each different column.
  std::function<Result<ReadColumn>(const CatalogColumn&)> column;
  // An expression or query in the one spelling that the model keeps, where a server has several for one; may be empty.
  std::function<Result<std::string>(const std::string&)> expression;
  // The engine makes an index for a foreign key that has none (catalog_settle.hpp); one that descends serves it, too.
  bool foreign_key_indexes = false;
  bool descending_serves = false;
};

// Reads everything in the database that the session is connected to; a fixed number of queries, whatever its size. What
// the model does not hold is in `unmanaged`, with a hash of its definition.
Result<Schema> read_catalog(Session& session, const CatalogRules& rules);

}  // namespace forge
