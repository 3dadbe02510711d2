// What needs the whole schema: targets of foreign keys, enums, namespaces, what views read, names used once.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/lua/spec_draft.hpp"
#include "engine/lua/spec_sql.hpp"
#include "engine/model/law_keys.hpp"
#include "engine/model/sql/text.hpp"

namespace forge::spec {
namespace {

// The parts of `a.b.c`; a part in double quotes keeps its dots.
std::vector<std::string> dotted(std::string_view text) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (const char ch : text) {
    if (ch == '"') {
      quoted = !quoted;
    } else if (ch == '.' && !quoted) {
      out.emplace_back();
    } else {
      out.back() += ch;
    }
  }
  return out;
}

std::vector<std::string> table_names(const Schema& schema) {
  std::vector<std::string> names;
  names.reserve(schema.tables.size());
  for (const auto& [name, table] : schema.tables) names.push_back(display(name));
  return names;
}

std::vector<std::string> column_names(const Table& table) {
  std::vector<std::string> names;
  names.reserve(table.columns.size());
  for (const auto& column : table.columns) names.push_back(column.name);
  return names;
}

struct Target {
  QName table;
  std::vector<std::string> columns;
};

// "table", "table.column", "namespace.table.column", "table(a, b)"; with `whole_name`, "table" or "namespace.table".
Target target_of(const Context& c, const PendingKey& key) {
  std::string_view text = key.references;
  if (key.whole_name) return {object_name(c, text), {}};
  if (const auto open = text.find('('); open != std::string_view::npos && text.ends_with(')')) {
    Target out{object_name(c, text.substr(0, open)), {}};
    std::string column;
    for (const char ch : text.substr(open + 1, text.size() - open - 2)) {
      if (ch == ',') {
        out.columns.push_back(std::exchange(column, {}));
      } else if (ch != ' ' && ch != '"') {
        column += ch;
      }
    }
    out.columns.push_back(column);
    return out;
  }
  auto parts = dotted(text);
  if (parts.size() == 1) return {{"", parts[0]}, {}};
  const auto column = parts.back();
  parts.pop_back();
  QName table{parts.size() > 1 ? parts[0] : "", parts.back()};
  const bool is_default =
      (c.engine == "postgres" && table.schema == "public") || (c.engine == "sqlite" && table.schema == "main");
  if (is_default) table.schema.clear();
  return {table, {column}};
}

class Resolver {
 public:
  Resolver(Context& context, SchemaDraft& schema_draft) : c_(context), draft_(schema_draft) {}

  Result<void> run() {
    for (const auto& key : draft_.keys) FORGE_TRY(find_target(key));
    for (const auto& key : draft_.keys) {
      if (key.infer_type) FORGE_TRY(infer(key, 0));
    }
    for (const auto& key : draft_.keys) FORGE_TRY(check_target(key));
    return {};
  }

 private:
  Result<void> find_target(const PendingKey& key) {
    auto target = target_of(c_, key);
    auto* table = draft_.schema.edit_table(key.table);
    const auto* other = draft_.schema.table(target.table);
    if (other == nullptr) {
      return c_.wrong(key.place, key.references, key.anchor,
                      fmt::format("'{}' is referenced, and there is no such table", display(target.table)),
                      suggest(display(target.table), table_names(draft_.schema)));
    }
    auto& made = table->foreign_keys.at(key.number);
    made.ref = target.table;
    if (!target.columns.empty()) made.ref_columns = target.columns;
    if (made.ref_columns.empty()) {
      if (!other->primary_key) {
        return c_.wrong(key.place, key.references, key.anchor,
                        fmt::format("table '{}' has no primary key to reference", display(target.table)),
                        fmt::format("name the columns: :references \"{}.id\"", display(target.table)));
      }
      for (const auto& part : other->primary_key->parts) made.ref_columns.push_back(part.column);
    }
    for (const auto& column : made.ref_columns) {
      if (find_column(*other, column) != nullptr || !other->options.inherits.empty()) continue;
      return c_.wrong(key.place, key.references, key.anchor,
                      fmt::format("table '{}' has no column '{}' to reference", display(target.table), column),
                      suggest(column, column_names(*other)));
    }
    if (made.columns.size() != made.ref_columns.size()) {
      return c_.wrong(key.place, key.references, key.anchor,
                      fmt::format("a foreign key of {} columns references {} of table '{}'", made.columns.size(),
                                  made.ref_columns.size(), display(target.table)));
    }
    return {};
  }

  // Gives a column without a type that of the column that it references, however far away that is stated.
  Result<void> infer(const PendingKey& key, std::size_t depth) {
    if (depth > draft_.keys.size()) {
      return c_.wrong(key.place, key.anchor, {},
                      fmt::format("column '{}' takes its type from itself, by way of its references", key.anchor));
    }
    const auto made = draft_.schema.table(key.table)->foreign_keys.at(key.number);
    const auto wanted = made.ref_columns.at(0);
    for (const auto& other : draft_.keys) {
      if (other.infer_type && other.table == made.ref && other.anchor == wanted &&
          find_column(*draft_.schema.table(made.ref), wanted)->type.name.empty()) {
        FORGE_TRY(infer(other, depth + 1));
      }
    }
    auto type = find_column(*draft_.schema.table(made.ref), wanted)->type;
    if (type.name == "serial") type.name = "integer";
    if (type.name == "bigserial") type.name = "bigint";
    auto* column = find_column(*draft_.schema.edit_table(key.table), key.anchor);
    column->type = std::move(type);
    return {};
  }

  // MySQL and MariaDB reference any column with an index; the others want a key.
  Result<void> check_target(const PendingKey& key) {
    if (c_.engine != "postgres" && c_.engine != "sqlite") return {};
    const auto& made = draft_.schema.table(key.table)->foreign_keys.at(key.number);
    if (made_unique(*draft_.schema.table(made.ref), made.ref_columns)) return {};
    return c_.wrong(key.place, key.references, key.anchor,
                    fmt::format("{}({}) is referenced, and no key makes it unique", display(made.ref),
                                fmt::join(made.ref_columns, ", ")),
                    "reference a primary key, or columns with a unique constraint");
  }

  Context& c_;
  SchemaDraft& draft_;
};

std::vector<std::string> enum_names(const Schema& schema) {
  std::vector<std::string> names;
  names.reserve(schema.enums.size());
  for (const auto& [name, type] : schema.enums) names.push_back(display(name));
  return names;
}

Result<void> check_enums(Context& c, SchemaDraft& draft, const Table& table, const TablePlaces& places) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const auto& column = table.columns[i];
    if (column.type.name != "enum" || column.type.more->ref.empty()) continue;
    const auto name = object_name(c, column.type.more->ref);
    if (draft.schema.enums.contains(name)) continue;
    const auto place = i < places.columns.size() ? places.columns[i] : places.table;
    return c.wrong(place, column.type.more->ref, column.name,
                   fmt::format("there is no enum '{}'", column.type.more->ref),
                   suggest(column.type.more->ref, enum_names(draft.schema)));
  }
  return {};
}

// Names of indexes are unique in a namespace on PostgreSQL and SQLite, in a table on MySQL and MariaDB.
Result<void> check_index_names(Context& c, SchemaDraft& draft) {
  if (c.engine != "postgres" && c.engine != "sqlite") return {};
  std::map<std::pair<std::string, std::string>, QName> seen;
  for (const auto& [name, table] : draft.schema.tables) {
    const auto found = draft.places.find(name);
    for (const auto& index : table->indexes) {
      if (index.name.empty()) continue;
      const auto key = std::pair(name.schema, c.folds_case() ? lower_case(index.name) : index.name);
      const auto [it, fresh] = seen.emplace(key, name);
      if (fresh || found == draft.places.end()) continue;
      return c.wrong(
          found->second.table, index.name, {},
          fmt::format("tables '{}' and '{}' both have an index '{}'", display(it->second), display(name), index.name),
          "an index's name is unique among all tables on this engine");
    }
  }
  return {};
}

Result<void> check_namespace(Context& c, const SchemaDraft& draft, const QName& name, NodePlace place) {
  if (name.schema.empty() || draft.schema.namespaces.contains({"", name.schema})) return {};
  std::vector<std::string> known;
  known.reserve(draft.schema.namespaces.size());
  for (const auto& [space, value] : draft.schema.namespaces) known.push_back(space.name);
  auto hint = suggest(name.schema, known);
  if (hint.empty()) hint = fmt::format("add it: namespace \"{}\"", name.schema);
  return c.wrong(place, display(name), {}, fmt::format("there is no namespace '{}'", name.schema), hint);
}

Result<void> check_views(Context& c, SchemaDraft& draft) {
  for (auto& [name, view] : draft.schema.views) {
    const auto place = draft.object_places.contains(name) ? draft.object_places.at(name) : 0;
    if (draft.schema.table(name) != nullptr) {
      return c.wrong(place, display(name), {}, fmt::format("'{}' is a table and a view", display(name)));
    }
    for (const auto& used : view.uses) {
      if (draft.schema.table(used) != nullptr || draft.schema.views.contains(used)) continue;
      return c.wrong(
          place, display(used), display(name),
          fmt::format("view '{}' uses '{}', and there is no such table or view", display(name), display(used)),
          suggest(display(used), table_names(draft.schema)));
    }
    if (view.uses.empty()) view.uses = used_by(draft.schema, view);
  }
  return {};
}

Result<void> check_sequences(Context& c, const SchemaDraft& draft) {
  for (const auto& [name, sequence] : draft.schema.sequences) {
    if (sequence.owned_by.empty()) continue;
    auto parts = dotted(sequence.owned_by);
    const auto column = parts.back();
    parts.pop_back();
    const QName owner = parts.size() > 1 ? QName{parts[0], parts[1]} : QName{"", parts.empty() ? "" : parts[0]};
    const auto* table = draft.schema.table(owner);
    if (table != nullptr && find_column(*table, column) != nullptr) continue;
    const auto at = draft.object_places.find(name);
    return c.wrong(
        at == draft.object_places.end() ? 0 : at->second, sequence.owned_by, display(name),
        fmt::format("sequence '{}' is owned by '{}', and there is no such column", display(name), sequence.owned_by),
        "write \"table.column\"");
  }
  return {};
}

}  // namespace

std::vector<QName> used_by(const Schema& schema, const View& view) {
  std::set<QName> found;
  const auto names = identifiers(view.query);
  const std::set<std::string> words = [&] {
    std::set<std::string> out;
    for (const auto& name : names) out.insert(lower_case(name));
    return out;
  }();
  const auto look = [&](const QName& name) {
    if (name != view.name && words.contains(lower_case(name.name)) && names_object(view.query, name.name))
      found.insert(name);
  };
  for (const auto& [name, table] : schema.tables) look(name);
  for (const auto& [name, other] : schema.views) look(name);
  return {found.begin(), found.end()};
}

Result<void> resolve(Context& c, SchemaDraft& draft) { return Resolver(c, draft).run(); }

Result<void> check_schema(Context& c, SchemaDraft& draft) {
  for (const auto& [name, places] : draft.places) {
    const auto* table = draft.schema.table(name);
    if (table == nullptr) continue;
    FORGE_TRY(check_namespace(c, draft, name, places.table));
    FORGE_TRY(check_enums(c, draft, *table, places));
  }
  for (const auto& [name, place] : draft.object_places) FORGE_TRY(check_namespace(c, draft, name, place));
  FORGE_TRY(check_index_names(c, draft));
  FORGE_TRY(check_sequences(c, draft));
  FORGE_TRY(check_views(c, draft));
  return review_views(c, draft);
}

}  // namespace forge::spec
