// The objects of a schema that are not tables. `fields` works as in table.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/names.hpp"

namespace forge {

// A namespace (PostgreSQL: CREATE SCHEMA).
struct Namespace {
  QName name;  // schema is empty
  std::string comment;

  bool operator==(const Namespace&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("name", self.name);
    visit("comment", self.comment);
  }
};

struct EnumType {
  QName name;
  std::vector<std::string> values;  // in order
  std::string comment;

  bool operator==(const EnumType&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("name", self.name);
    visit("values", self.values);
    visit("comment", self.comment);
  }
};

struct Sequence {
  QName name;
  std::string type;  // "" is the engine's default (bigint)
  std::optional<std::int64_t> start, increment, min, max, cache;
  bool cycle = false;
  std::string owned_by;  // "table.column" in display form, or ""
  std::string comment;

  bool operator==(const Sequence&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("name", self.name);
    visit("type", self.type);
    visit("start", self.start);
    visit("increment", self.increment);
    visit("min", self.min);
    visit("max", self.max);
    visit("cache", self.cache);
    visit("cycle", self.cycle);
    visit("owned_by", self.owned_by);
    visit("comment", self.comment);
  }
};

struct View {
  QName name;
  std::string query;
  std::vector<std::string> columns;
  bool materialized = false;
  bool security_invoker = false;
  std::string definer;       // as that of a Definition
  std::string check_option;  // "", "local", "cascaded"
  std::string comment;
  std::vector<QName> uses;  // tables and views that the query reads

  bool operator==(const View&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("name", self.name);
    visit("query", self.query);
    visit("columns", self.columns);
    visit("materialized", self.materialized);
    visit("security_invoker", self.security_invoker);
    visit("definer", self.definer);
    visit("check_option", self.check_option);
    visit("comment", self.comment);
    visit("uses", self.uses);
  }
};

// One pair of columns that a Sync of kind `columns` keeps equal under up and down.
struct SyncPair {
  std::string old_column;
  std::string new_column;
  std::string up;    // the new value, as an expression over the row's columns
  std::string down;  // the old value likewise; "" where none exists: the old side is then left NULL
  std::string
      lead;  // "old" before the switch, "new" after it: this side's value, or default, stands where both or none were
             // given. "required" is "new" that never stays NULL: where none were given, `up` is asked.

  bool operator==(const SyncPair&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("old", self.old_column);
    visit("new", self.new_column);
    visit("up", self.up);
    visit("down", self.down);
    visit("lead", self.lead);
  }
};

// One column of the other table that a Sync of kind `table` writes.
struct SyncColumn {
  std::string to;
  std::string expr;       // over the source row's columns
  std::string otherwise;  // what the column gets where it cannot hold the expression's value; "": the row is left out

  bool operator==(const SyncColumn&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("to", self.to);
    visit("expr", self.expr);
    visit("otherwise", self.otherwise);
  }
};

// Dual-write kept by triggers of our own while a plan is under way. Engines render it as triggers (and, where they
// need one, a function and a log table); a finished plan leaves none behind.
struct Sync {
  QName name;        // in the source table's namespace; its triggers' names begin with it
  std::string kind;  // "fill": new_column gets up where the application gave none; "columns": pairs both ways;
                     // "table": every write to `table` is repeated on `target`, matched by `key`
  QName table;
  QName target;                     // kind table
  std::vector<SyncPair> pairs;      // kinds fill and columns
  std::vector<SyncColumn> columns;  // kind table
  std::vector<std::string> key;     // kind table: names of the key columns, equal in source and target

  bool operator==(const Sync&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("name", self.name);
    visit("kind", self.kind);
    visit("table", self.table);
    visit("target", self.target);
    visit("pairs", self.pairs);
    visit("columns", self.columns);
    visit("key", self.key);
  }
};

// SQL that the user states: `execute { up, down, why }`.
struct Raw {
  QName name;
  std::string up;
  std::string down;  // "" : there is no way back through this step
  std::string why;
  std::string done_when;  // a query that gives a true value once `up` has been done
  std::string phase;      // "" is expand

  bool operator==(const Raw&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("name", self.name);
    visit("up", self.up);
    visit("down", self.down);
    visit("why", self.why);
    visit("done_when", self.done_when);
    visit("phase", self.phase);
  }
};

}  // namespace forge
