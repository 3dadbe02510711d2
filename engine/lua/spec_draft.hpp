// A schema on its way from nodes to a model: with the places that later checks need.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/lua/spec_nodes.hpp"
#include "engine/model/spec.hpp"

namespace forge::spec {

// A foreign key whose target is still text.
struct PendingKey {
  QName table;
  std::size_t number = 0;  // in the table's foreign_keys
  std::string references;
  bool whole_name = false;  // `references` names the table alone, columns stand beside it
  NodePlace place = 0;
  std::string anchor;       // the column or the key that it is written on
  bool infer_type = false;  // its column takes the type of the referenced one
};

struct TablePlaces {
  NodePlace table = 0;
  std::vector<NodePlace> columns;  // one for each column
};

struct SchemaDraft {
  Schema schema;
  Intents intents;
  std::map<QName, TablePlaces> places;
  std::map<QName, NodePlace> object_places;
  std::vector<PendingKey> keys;
  std::vector<std::pair<QName, NodePlace>> dropped;                                  // drop_table words inside a schema
  std::vector<std::pair<QName, std::pair<std::string, NodePlace>>> renamed_members;  // table, old name
};

// A name as written, with the engine's default namespace left out.
QName object_name(const Context& c, std::string_view text);
// The name under which a schema holds an object of this kind. A routine of MySQL may be named with parentheses, or in quotes that
// it does not need: its catalog tells of it without.
QName object_key(const Context& c, NodeKind kind, std::string_view text);

// One SQL text of a table, and where it is written.
struct WrittenSql {
  enum class Role { check, generated, default_value, index_expression, condition, exclusion };
  Role role = Role::check;
  std::string text;
  std::string name;  // of the column or check; of the index, in words
  NodePlace place = 0;
  std::string anchor;  // what it stands after
};

// Errors: a default that is text where the column is a number.
Result<void> default_is_of_type(Context& c, NodePlace place, const Column& column);

// Reads the members in the array at `index` (a table's body, or that of an add_ word) into `table`.
struct TableReader {
  TableReader(Context& context, SchemaDraft& whole, Table& made, TableIntent& said, TablePlaces& lines, NodePlace place)
      : c(context), draft(whole), table(made), intent(said), places(lines), at(place) {}

  Context& c;
  SchemaDraft& draft;
  Table& table;
  TableIntent& intent;
  TablePlaces& places;
  NodePlace at;

  Result<void> members(int index);
  Result<void> member(int index);
  // Once every member is there: parts name columns, names are not used twice.
  Result<void> check();
  Result<void> column(int index);
  // What a column node says besides its shape: keys, checks, intents.
  Result<void> column_words(const ColumnNode& node, NodePlace place);

 private:
  Result<void> key(int index);
  Result<void> index(int index);
  Result<void> foreign_key(int index);
  Result<void> check_member(int index);
  Result<void> exclusion(int index);
  Result<void> parts(int index, std::vector<IndexPart>& out, std::string_view what);
  Result<void> known_columns(const std::vector<std::string>& names, NodePlace place, std::string_view what);
  Result<void> primary_columns();
  Result<void> renamed(const std::string& from, NodePlace place);
  std::vector<std::pair<std::vector<std::string>, std::pair<NodePlace, std::string>>> uses_;  // columns to look up
  std::vector<std::pair<std::string, NodePlace>> names_;                                      // of constraints
  std::vector<WrittenSql> texts_;
};

// The names that its keys, checks and exclusions bear.
std::vector<std::string> constraint_names(const Table& table);
// Errors: a control character in a name.
Result<void> printable(const Context& c, std::string_view name, NodePlace place);
// Reads the table node (or create_table) at `index` into the draft.
Result<void> read_table(Context& c, int index, SchemaDraft& draft);
// Reads the schema node at `index`.
Result<SchemaDraft> read_schema(Context& c, int index);
Result<void> read_object(Context& c, int index, NodeKind kind, Schema& schema, NodePlace place);
void read_table_intent(Context& c, const TableNode& node, NodePlace place, TableIntent& intent);

// Once every table is there: foreign keys find their targets, enums their values, views what they read.
Result<void> resolve(Context& c, SchemaDraft& draft);
// Whether a schema holds together by itself: names used once, namespaces declared, views reading what exists.
Result<void> check_schema(Context& c, SchemaDraft& draft);
// The tables and views that the query names, in order.
std::vector<QName> used_by(const Schema& schema, const View& view);

// Applies the array of changes at `index` to a copy of `before`.
Result<SchemaDraft> apply_changes(Context& c, int index, const Schema& before, std::vector<Raw>& raws);

// Renames and backfills must be about something: checks `draft` against what stands in `before`.
Result<void> check_intents(Context& c, const Schema& before, SchemaDraft& draft);

}  // namespace forge::spec
