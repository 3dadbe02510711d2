// A table and everything that lives inside it, as plain values. No engine, no client, no Lua.
//
// Every struct lists its fields once, in `fields`: Lua tables, JSON, hashes and comparison are all made from that
// list, and the names there are the names that specs' modules and plan.json use. A visitor gets (name, member)
// and, for rarely used members kept in a Box, `visit.flat(box)`: their fields read as if they stood here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/box.hpp"
#include "engine/model/names.hpp"

namespace forge {

// A literal or an SQL expression.
struct Expr {
  enum class Kind { sql, string, number, boolean, null };
  Kind kind = Kind::sql;
  std::string text;  // sql: the expression; string: the unquoted value; number, boolean: as written; null: empty

  bool operator==(const Expr&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("kind", self.kind);
    visit("text", self.text);
  }
};

struct TypeExtras {
  std::string ref;                  // name = "enum"/"user": the named type (display form); "native": its SQL text
  std::vector<std::string> values;  // an enum or set that is written out in the column (MySQL, MariaDB)
  bool is_unsigned = false;
  int array = 0;  // dimensions

  bool operator==(const TypeExtras&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("ref", self.ref);
    visit("values", self.values);
    visit("unsigned", self.is_unsigned);
    visit("array", self.array);
  }
};

// A portable type word with its arguments: {"varchar", {20}}, {"numeric", {12, 2}}, {"enum"; ref}, {"native"; ref}.
// The words are listed in stdlib/forge/words.lua; dialects/*/types.lua maps them to an engine's own.
struct Type {
  std::string name;
  std::vector<std::int64_t> args;
  Box<TypeExtras> more;

  bool operator==(const Type&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("name", self.name);
    visit("args", self.args);
    visit.flat(self.more);
  }
};

struct Generated {
  std::string expr;
  bool stored = true;

  bool operator==(const Generated&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("expr", self.expr);
    visit("stored", self.stored);
  }
};

// An identity or auto-increment column.
struct Identity {
  bool always = false;  // PostgreSQL: GENERATED ALWAYS rather than BY DEFAULT
  std::optional<std::int64_t> start;
  std::optional<std::int64_t> increment;
  std::optional<std::int64_t> min, max, cache;  // PostgreSQL, as are the others below
  bool cycle = false;
  std::string sequence;  // its name, where that is not the one that the server gives

  bool operator==(const Identity&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("always", self.always);
    visit("start", self.start);
    visit("increment", self.increment);
    visit("min", self.min);
    visit("max", self.max);
    visit("cache", self.cache);
    visit("cycle", self.cycle);
    visit("sequence", self.sequence);
  }
};

struct ColumnExtras {
  std::optional<Generated> generated;
  std::optional<Identity> identity;
  std::string collation;
  std::string charset;
  std::string comment;
  std::string on_update;  // MySQL, MariaDB: ON UPDATE CURRENT_TIMESTAMP
  bool invisible = false;
  std::string rules;  // MongoDB: what the validator says of the field besides its type, as a JSON object

  bool operator==(const ColumnExtras&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("generated", self.generated);
    visit("identity", self.identity);
    visit("collation", self.collation);
    visit("charset", self.charset);
    visit("comment", self.comment);
    visit("on_update", self.on_update);
    visit("invisible", self.invisible);
    visit("rules", self.rules);
  }
};

struct Column {
  std::string name;
  Type type;
  bool nullable = true;
  std::optional<Expr> default_value;
  Box<ColumnExtras> more;

  bool operator==(const Column&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("name", self.name);
    visit("type", self.type);
    visit("nullable", self.nullable);
    visit("default", self.default_value);
    visit.flat(self.more);
  }
};

// One element of a key or an index: a column or an expression, never both.
struct IndexPart {
  std::string column;
  std::string expr;
  bool desc = false;
  std::string nulls;  // "", "first", "last": kept only where it differs from the direction's own default
  std::string opclass;
  std::string collation;
  std::int64_t length = 0;  // MySQL, MariaDB: prefix length; 0: the whole value

  bool operator==(const IndexPart&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("column", self.column);
    visit("expr", self.expr);
    visit("desc", self.desc);
    visit("nulls", self.nulls);
    visit("opclass", self.opclass);
    visit("collation", self.collation);
    visit("length", self.length);
  }
};

// A primary key or a unique constraint.
struct Key {
  std::string name;
  bool primary = false;
  std::vector<IndexPart> parts;
  std::vector<std::string> include;
  bool nulls_not_distinct = false;
  bool deferrable = false;
  bool deferred = false;

  bool operator==(const Key&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("name", self.name);
    visit("primary", self.primary);
    visit("parts", self.parts);
    visit("include", self.include);
    visit("nulls_not_distinct", self.nulls_not_distinct);
    visit("deferrable", self.deferrable);
    visit("deferred", self.deferred);
  }
};

using Settings = std::vector<std::pair<std::string, std::string>>;  // in the order in which they were set

struct Index {
  std::string name;
  std::vector<IndexPart> parts;
  bool unique = false;
  std::string where;
  std::vector<std::string> include;
  std::string method;  // "" is the engine's default (btree); also fulltext, spatial (MySQL, MariaDB)
  bool nulls_not_distinct = false;
  bool invisible = false;
  std::string comment;
  Settings storage;

  bool operator==(const Index&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("name", self.name);
    visit("parts", self.parts);
    visit("unique", self.unique);
    visit("where", self.where);
    visit("include", self.include);
    visit("method", self.method);
    visit("nulls_not_distinct", self.nulls_not_distinct);
    visit("invisible", self.invisible);
    visit("comment", self.comment);
    visit("storage", self.storage);
  }
};

struct ForeignKey {
  std::string name;
  std::vector<std::string> columns;
  QName ref;
  std::vector<std::string> ref_columns;
  std::string on_delete;  // "" is NO ACTION; else "restrict", "cascade", "set null", "set default"
  std::string on_update;
  std::string match;  // "" is SIMPLE; else "full"
  bool deferrable = false;
  bool deferred = false;
  bool not_valid = false;  // present but not yet validated (PostgreSQL)
  bool not_enforced = false;

  bool operator==(const ForeignKey&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("name", self.name);
    visit("columns", self.columns);
    visit("ref", self.ref);
    visit("ref_columns", self.ref_columns);
    visit("on_delete", self.on_delete);
    visit("on_update", self.on_update);
    visit("match", self.match);
    visit("deferrable", self.deferrable);
    visit("deferred", self.deferred);
    visit("not_valid", self.not_valid);
    visit("not_enforced", self.not_enforced);
  }
};

struct Check {
  std::string name;
  std::string expr;
  bool not_valid = false;
  bool not_enforced = false;
  bool no_inherit = false;
  bool of_table = false;  // MariaDB: it stands with the table, although it bears the name of a column

  bool operator==(const Check&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("name", self.name);
    visit("expr", self.expr);
    visit("not_valid", self.not_valid);
    visit("not_enforced", self.not_enforced);
    visit("no_inherit", self.no_inherit);
    visit("of_table", self.of_table);
  }
};

struct ExclusionPart {
  std::string column;
  std::string expr;
  std::string op;  // the operator, such as "&&" or "="
  std::string opclass;

  bool operator==(const ExclusionPart&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("column", self.column);
    visit("expr", self.expr);
    visit("operator", self.op);
    visit("opclass", self.opclass);
  }
};

struct Exclusion {
  std::string name;
  std::string method;  // "" is gist
  std::vector<ExclusionPart> parts;
  std::string where;
  bool deferrable = false;
  bool deferred = false;

  bool operator==(const Exclusion&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("name", self.name);
    visit("method", self.method);
    visit("parts", self.parts);
    visit("where", self.where);
    visit("deferrable", self.deferrable);
    visit("deferred", self.deferred);
  }
};

// What a table is besides its members.
struct TableOptions {
  std::string engine;          // MySQL, MariaDB
  std::string charset;         // MySQL, MariaDB
  std::string collation;       // MySQL, MariaDB
  std::string row_format;      // MySQL, MariaDB
  bool strict = false;         // SQLite
  bool without_rowid = false;  // SQLite
  bool unlogged = false;       // PostgreSQL
  std::string tablespace;      // PostgreSQL
  Settings storage;            // PostgreSQL: WITH (fillfactor = …)
  std::string partition_by;    // the PARTITION BY clause's text, without its two words
  // PostgreSQL: the tables (display form) that it has columns and members from, which are then none of its own here.
  std::vector<std::string> inherits;
  std::string
      partition_bound;  // PostgreSQL: FOR VALUES … or DEFAULT, where it is a partition of the one it inherits from

  bool operator==(const TableOptions&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("engine", self.engine);
    visit("charset", self.charset);
    visit("collation", self.collation);
    visit("row_format", self.row_format);
    visit("strict", self.strict);
    visit("without_rowid", self.without_rowid);
    visit("unlogged", self.unlogged);
    visit("tablespace", self.tablespace);
    visit("storage", self.storage);
    visit("partition_by", self.partition_by);
    visit("inherits", self.inherits);
    visit("partition_bound", self.partition_bound);
  }
};

struct Table {
  QName name;
  std::vector<Column> columns;  // in order; order alone is no difference
  std::optional<Key> primary_key;
  std::vector<Key> uniques;
  std::vector<Index> indexes;
  std::vector<ForeignKey> foreign_keys;
  std::vector<Check> checks;
  std::vector<Exclusion> exclusions;
  TableOptions options;
  std::string comment;

  bool operator==(const Table&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("name", self.name);
    visit("columns", self.columns);
    visit("primary_key", self.primary_key);
    visit("uniques", self.uniques);
    visit("indexes", self.indexes);
    visit("foreign_keys", self.foreign_keys);
    visit("checks", self.checks);
    visit("exclusions", self.exclusions);
    visit("options", self.options);
    visit("comment", self.comment);
  }
};

// A table without its members: what a rename, a comment or an option change is about.
struct TableShell {
  QName name;
  TableOptions options;
  std::string comment;

  bool operator==(const TableShell&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("name", self.name);
    visit("options", self.options);
    visit("comment", self.comment);
  }
};

}  // namespace forge
