#include <algorithm>
#include <map>
#include <set>

#include "engine/db/sqlite.hpp"
#include "engine/db/sqlite_ddl.hpp"
#include "engine/db/sqlite_tokens.hpp"
#include "engine/db/sqlite_types.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {
namespace {

using sqlite::lower;
using sqlite::TableText;
using Row = SqliteDatabase::Row;

struct MasterRow {
  std::string type, name, table, sql;
};

struct TableFlags {
  bool is_virtual = false, shadow = false, without_rowid = false, strict = false;
};

// What the catalog says, as it stands.
struct CatalogRows {
  std::vector<MasterRow> objects;
  std::map<std::string, std::vector<Row>> columns;  // by table: name, type, notnull, default, pk, hidden
  std::map<std::string, TableFlags> flags;
};

// A virtual table whose module is not loaded fails every pragma about it: they are left out of the second query.
constexpr const char* kObjects = "SELECT type, name, tbl_name, sql FROM main.sqlite_master ORDER BY rowid";
constexpr const char* kColumns =
    "SELECT m.name, x.name, x.type, x.\"notnull\", x.dflt_value, x.pk, x.hidden FROM main.sqlite_master AS m, "
    "pragma_table_xinfo(m.name) AS x WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%' "
    "ORDER BY m.rowid, x.cid";
constexpr const char* kTables = "SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main'";

std::string text(const std::optional<std::string>& value) { return value.value_or(""); }

Result<CatalogRows> read_rows(SqliteDatabase& database) {
  CatalogRows rows;
  FORGE_ASSIGN(const auto objects, database.query(kObjects));
  for (const Row& row : objects) rows.objects.push_back({text(row[0]), text(row[1]), text(row[2]), text(row[3])});
  FORGE_ASSIGN(const auto columns, database.query(kColumns));
  for (const Row& row : columns) rows.columns[text(row[0])].emplace_back(row.begin() + 1, row.end());
  FORGE_ASSIGN(const auto tables, database.query(kTables));
  for (const Row& row : tables) {
    const std::string kind = text(row[1]);
    rows.flags[text(row[0])] = {kind == "virtual", kind == "shadow", text(row[2]) == "1", text(row[3]) == "1"};
  }
  return rows;
}

// SQLite's own tables, and those of a plan under way.
bool is_internal(const std::string& name) {
  const std::string low = lower(name);
  return low.starts_with("sqlite_") || low.starts_with("forgelua_");
}

// Names are found whatever their letter case, and kept as the table declares them.
std::string declared_name(const Table& table, const std::string& name) {
  const std::string low = lower(name);
  for (const Column& column : table.columns) {
    if (lower(column.name) == low) return column.name;
  }
  return name;
}

std::string collation_name(const std::string& written) {
  std::string upper = written;
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  const bool known = upper == "BINARY" || upper == "NOCASE" || upper == "RTRIM";
  return known ? upper : written;
}

std::string column_collation(const Table& table, const std::string& name) {
  const Column* column = find_column(table, name);
  return column == nullptr || column->more->collation.empty() ? "BINARY" : column->more->collation;
}

// A collation that the column has anyway says nothing.
std::vector<IndexPart> canonical_parts(const Table& table, std::vector<IndexPart> parts) {
  for (IndexPart& part : parts) {
    if (!part.column.empty()) part.column = declared_name(table, part.column);
    if (part.collation.empty()) continue;
    part.collation = collation_name(part.collation);
    const std::string usual = part.column.empty() ? "BINARY" : column_collation(table, part.column);
    if (part.collation == usual) part.collation.clear();
  }
  return parts;
}

// The sole key column that is declared INTEGER: another name of the rowid. Beside the column, DESC undoes that.
bool is_rowid_column(const TableText& written, const TableFlags& flags, const std::string& name,
                     const std::string& type) {
  if (flags.without_rowid || !written.primary_key || written.primary_key->parts.size() != 1) return false;
  const IndexPart& part = written.primary_key->parts[0];
  const bool undone = written.primary_key->beside_column && part.desc;
  return !undone && lower(part.column) == lower(name) && lower(type) == "integer";
}

bool is_sole_key(const TableText& written, const std::string& name) {
  return written.primary_key && written.primary_key->parts.size() == 1 &&
         lower(written.primary_key->parts[0].column) == lower(name);
}

Column read_column(const Row& row, const TableText& written, const TableFlags& flags) {
  Column column;
  column.name = text(row[0]);
  const std::string declared = text(row[1]);
  const bool rowid = is_rowid_column(written, flags, column.name, declared);
  column.type = sqlite::portable_type(declared, !flags.without_rowid && is_sole_key(written, column.name));
  column.nullable = text(row[2]) != "1" && !rowid;
  if (row[3]) column.default_value = sqlite::read_default(*row[3]);
  if (column.default_value && column.type.name == "boolean") {
    Expr& value = *column.default_value;
    if (value.kind == Expr::Kind::number && (value.text == "0" || value.text == "1")) {
      value = {Expr::Kind::boolean, value.text == "1" ? "true" : "false"};
    }
  }
  for (const auto& one : written.columns) {
    if (lower(one.name) != lower(column.name)) continue;
    const std::string collation = collation_name(one.collation);
    if (!collation.empty() && collation != "BINARY") column.more.edit().collation = collation;
    if (one.generated) column.more.edit().generated = one.generated;
  }
  if (rowid && written.primary_key->autoincrement) column.more.edit().identity = Identity{};
  return column;
}

Key make_key(const Table& table, const sqlite::KeyText& written, bool primary) {
  Key key;
  key.name = written.name;
  key.primary = primary;
  key.parts = canonical_parts(table, written.parts);
  return key;
}

Table read_table(const MasterRow& object, const CatalogRows& rows, const TableText& written) {
  Table table;
  table.name.name = object.name;
  const auto flags = rows.flags.contains(object.name) ? rows.flags.at(object.name) : TableFlags{};
  table.options.strict = flags.strict;
  table.options.without_rowid = flags.without_rowid;
  if (const auto found = rows.columns.find(object.name); found != rows.columns.end()) {
    for (const Row& row : found->second) table.columns.push_back(read_column(row, written, flags));
  }
  if (written.primary_key) {
    table.primary_key = make_key(table, *written.primary_key, true);
    // Only beside its column does a direction of a rowid's other name mean anything.
    if (table.primary_key->parts.size() == 1) {
      const Column* column = find_column(table, table.primary_key->parts[0].column);
      const bool integer = column != nullptr && column->type.name == "integer";
      if (integer && !written.primary_key->beside_column) table.primary_key->parts[0].desc = false;
    }
  }
  for (const auto& unique : written.uniques) table.uniques.push_back(make_key(table, unique, false));
  table.checks = written.checks;
  table.foreign_keys = written.foreign_keys;
  for (ForeignKey& fk : table.foreign_keys) {
    for (std::string& name : fk.columns) name = declared_name(table, name);
  }
  return table;
}

Index read_index(const MasterRow& object, const Table& table) {
  const auto written = sqlite::read_index_text(object.sql);
  Index index;
  index.name = object.name;
  index.parts = canonical_parts(table, written.parts);
  index.where = written.where;
  const auto tokens = sqlite::tokens_of(object.sql);
  index.unique = tokens.size() > 1 && tokens[1].is("UNIQUE");
  return index;
}

class Reader {
 public:
  explicit Reader(const CatalogRows& rows) : rows_(rows) {}

  Schema read() {
    for (const MasterRow& object : rows_.objects) {
      if (object.type == "table") table(object);
    }
    for (const MasterRow& object : rows_.objects) {
      if (object.type == "index") index(object);
      if (object.type == "view") view(object);
      if (object.type == "trigger") trigger(object);
    }
    for (auto& [name, table] : tables_) resolve_references(table);
    for (auto& [name, table] : tables_) schema_.put_table(std::move(table));
    std::ranges::sort(schema_.unmanaged);
    return std::move(schema_);
  }

 private:
  void table(const MasterRow& object) {
    if (is_internal(object.name)) return;
    const auto found = rows_.flags.find(object.name);
    const TableFlags flags = found == rows_.flags.end() ? TableFlags{} : found->second;
    if (flags.is_virtual) return virtual_table(object);
    if (flags.shadow) return;  // it comes and goes with its virtual table
    const TableText written = sqlite::read_table_text(object.sql);
    if (written.conflict_clauses) schema_.unmanaged.push_back("conflict clause of table " + object.name);
    tables_[lower(object.name)] = read_table(object, rows_, written);
  }

  // Held by its statement: what is inside, the module says.
  void virtual_table(const MasterRow& object) {
    Definition made;
    made.kind = "virtual table";
    made.name = definition_name(made.kind, quote_where_needed(object.name));
    made.create = object.sql;
    made.drop = "DROP TABLE " + quote_where_needed(object.name);
    schema_.definitions[made.name] = std::move(made);
  }

  // An index without text is one of a constraint, which the table's own text names.
  void index(const MasterRow& object) {
    const auto found = tables_.find(lower(object.table));
    if (object.sql.empty() || found == tables_.end()) return;
    found->second.indexes.push_back(read_index(object, found->second));
  }

  void view(const MasterRow& object) {
    if (is_internal(object.name)) return;
    const auto written = sqlite::read_view_text(object.sql);
    View view;
    view.name.name = object.name;
    view.query = written.query;
    view.columns = written.columns;
    const auto names = sqlite::names_in(view.query);
    for (const MasterRow& other : rows_.objects) {
      const bool relation = other.type == "table" || other.type == "view";
      if (!relation || other.name == object.name || is_internal(other.name)) continue;
      if (std::ranges::binary_search(names, lower(other.name))) view.uses.push_back({"", other.name});
    }
    std::ranges::sort(view.uses);
    schema_.views[view.name] = std::move(view);
  }

  void trigger(const MasterRow& object) {
    if (object.sql.find("forgelua_marker") != std::string::npos) return;
    Definition made;
    made.kind = "trigger";
    const auto table = tables_.find(lower(object.table));
    made.on.name = table == tables_.end() ? object.table : table->second.name.name;
    made.name = definition_name(made.kind, quote_where_needed(object.name), made.on);
    made.create = object.sql;
    made.drop = "DROP TRIGGER " + quote_where_needed(object.name);
    schema_.definitions[made.name] = std::move(made);
  }

  // A reference without columns is to the other table's key; names are kept as declared there.
  void resolve_references(Table& table) {
    for (ForeignKey& fk : table.foreign_keys) {
      const auto found = tables_.find(lower(fk.ref.name));
      if (found == tables_.end()) continue;
      const Table& other = found->second;
      fk.ref.name = other.name.name;
      for (std::string& name : fk.ref_columns) name = declared_name(other, name);
      if (!fk.ref_columns.empty() || !other.primary_key) continue;
      for (const IndexPart& part : other.primary_key->parts) fk.ref_columns.push_back(part.column);
    }
  }

  const CatalogRows& rows_;
  Schema schema_;
  std::map<std::string, Table> tables_;  // by name in lower case
};

}  // namespace

Result<Schema> read_sqlite(SqliteDatabase& database) {
  FORGE_ASSIGN(const auto rows, read_rows(database));
  return Reader(rows).read();
}

}  // namespace forge
