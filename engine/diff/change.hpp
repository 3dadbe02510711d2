// The closed vocabulary of changes. A change is a value before, a value after, or both; turning it round is swapping
// them. The diff speaks it, steps carry it as operations on the model, emitters render it, rollbacks reverse it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/model/schema.hpp"

namespace forge {

// before only: it goes. after only: it comes. Both: it is altered, or renamed where the names differ.
template <class T>
struct Delta {
  using Object = T;
  QName table;  // the table that a member lives in, as it is called when the change runs; empty for other objects
  std::optional<T> before, after;

  bool operator==(const Delta&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("table", self.table);
    visit("before", self.before);
    visit("after", self.after);
  }
};

// Delta<Table> creates and drops whole tables; Delta<TableShell> renames one or alters its options or comment.
// Delta<Raw> runs the user's own SQL (after only: up; before only: down).
using Change = std::variant<Delta<Namespace>, Delta<EnumType>, Delta<Sequence>, Delta<Table>, Delta<TableShell>,
                            Delta<Column>, Delta<Key>, Delta<Index>, Delta<ForeignKey>, Delta<Check>, Delta<Exclusion>,
                            Delta<View>, Delta<Definition>, Delta<Sync>, Delta<Raw>>;

enum class Verb { create, drop, rename, alter };

Verb verb_of(const Change& change);

// The operation's word, which names its emitter and its row in `locks`: create_table, drop_table, rename_table,
// alter_table, add_column, drop_column, rename_column, alter_column (also for a rename that alters more), add_primary_key,
// add_unique, create_index, add_foreign_key, add_check, add_exclusion, create_enum, create_sequence, create_view, create_definition,
// create_schema, create_sync, run_raw / undo_raw, and their drop_, rename_ and alter_ forms.
std::string word_of(const Change& change);

// Which alternative it is, as Lua and JSON name it: "schema", "enum", "sequence", "table" (whole), "shell" (TableShell),
// "column", "key" (primary or unique), "index", "foreign_key", "check", "exclusion", "view", "definition", "sync", "raw".
std::string_view kind_of(const Change& change);

// What is changed, for people: `orders`, `orders.total`, `orders_open_idx`. The name after the change, or before a drop.
std::string object_of(const Change& change);

// The table whose rows or definition the change touches; empty where there is none.
QName table_of(const Change& change);

// What an alteration alters, in a fixed order: name, type, nullable, default, generated, identity, collation, charset,
// comment, on_update, invisible, options, values, definition, … Empty for create and drop.
std::vector<std::string> facets_of(const Change& change);

Change reverse(const Change& change);

// Carries out a change on a schema, as a server would: a renamed column or table is renamed in every index, key, foreign
// key, check, generated column and view that names it. Errors (internal): what the change says of `before` is not so.
Result<void> apply(Schema& schema, const Change& change);

}  // namespace forge
