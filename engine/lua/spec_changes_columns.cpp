// Changes of columns.
#include <fmt/format.h>

#include <algorithm>

#include "engine/lua/spec_changes.hpp"
#include "engine/lua/spec_sql.hpp"
#include "engine/model/schema_columns.hpp"
#include "engine/model/sql/renaming.hpp"
#include "engine/model/sql/text.hpp"

namespace forge::spec {
namespace {

bool has_part(const std::vector<IndexPart>& parts, const std::string& column) {
  return std::ranges::any_of(parts, [&](const IndexPart& part) {
    return part.column == column || (!part.expr.empty() && names_object(part.expr, column));
  });
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

// What of the table itself uses the column, in words; empty where nothing does.
std::string user_of(const Table& table, const std::string& column) {
  if (table.primary_key && has_part(table.primary_key->parts, column)) return "the primary key";
  for (const auto& key : table.uniques) {
    if (has_part(key.parts, column) || contains(key.include, column)) return "a unique constraint";
  }
  for (const auto& index : table.indexes) {
    const bool used =
        has_part(index.parts, column) || contains(index.include, column) || names_object(index.where, column);
    if (used) return fmt::format("index '{}'", index.name);
  }
  for (const auto& key : table.foreign_keys) {
    if (contains(key.columns, column)) return "a foreign key";
  }
  for (const auto& check : table.checks) {
    if (names_object(check.expr, column)) return "a check";
  }
  for (const auto& other : table.columns) {
    if (other.more->generated && names_object(other.more->generated->expr, column)) {
      return fmt::format("the generated column '{}'", other.name);
    }
  }
  return {};
}

}  // namespace

std::string Changer::name_before(const QName& name, const std::string& column) const {
  const auto found = draft_.intents.tables.find(name);
  const bool moved = found != draft_.intents.tables.end() && !found->second.renamed_from.empty();
  const auto* was = before_.table(moved ? found->second.renamed_from : name);
  std::string old = column;
  if (found != draft_.intents.tables.end()) {
    const auto said = found->second.columns.find(column);
    if (said != found->second.columns.end() && !said->second.renamed_from.empty()) old = said->second.renamed_from;
  }
  return was != nullptr && find_column(*was, old) != nullptr ? old : std::string();
}

ColumnIntent& Changer::column_intent(const QName& name, const std::string& column) {
  auto& said = draft_.intents.tables[name];
  if (said.place.line == 0) said.place = c_.line_place(place_, node_.name);
  auto& made = said.columns[column];
  made.place = c_.line_place(place_, node_.name);
  return made;
}

Result<void> Changer::not_used(const QName& name, const std::string& column) {
  const auto& found = *draft_.schema.table(name);
  const auto user = user_of(found, column);
  if (!user.empty()) {
    return wrong(fmt::format("column '{}' cannot go: {} uses it", node_.name, user),
                 "drop that first, in `changes` before it");
  }
  for (const auto& other : editor_.references().tables_referring_to(draft_.schema, name)) {
    for (const auto& key : draft_.schema.table(other)->foreign_keys) {
      if (key.ref != name || !contains(key.ref_columns, column)) continue;
      return wrong(fmt::format("column '{}' cannot go: table '{}' references it", node_.name, display(other)),
                   "drop that foreign key first");
    }
  }
  for (const auto& view_name : editor_.references().views_reading(draft_.schema, name)) {
    if (!query_reads_column(draft_.schema.views.at(view_name).query, name, column, columns_of(draft_.schema))) continue;
    return wrong(fmt::format("column '{}' cannot go: view '{}' reads it", node_.name, display(view_name)),
                 "drop or alter the view first");
  }
  return {};
}

Result<void> Changer::drop_column(int) {
  FORGE_ASSIGN(auto named, member_name("column"));
  FORGE_ASSIGN(auto* found, table(named.first, display(named.first)));
  if (find_column(*found, named.second) == nullptr) {
    return missing_column(named.second, *found);
  }
  FORGE_TRY(not_used(named.first, named.second));
  if (found->columns.size() == 1)
    return wrong(fmt::format("column '{}' cannot go: the table has no other", node_.name));
  std::erase_if(found->columns, [&](const Column& column) { return column.name == named.second; });
  std::erase_if(draft_.schema.definitions,
                [&](const auto& one) { return goes_with_column(one.second, named.first, named.second); });
  draft_.places.erase(named.first);
  auto& intent = draft_.intents.tables[named.first];
  intent.columns.erase(named.second);
  if (intent.place.line == 0) intent.place = c_.line_place(place_, node_.name);
  return {};
}

Result<void> Changer::rename_column(int index) {
  FORGE_ASSIGN(auto named, member_name("column"));
  const auto& [name, column] = named;
  const auto to = c_.string_body(index);
  FORGE_ASSIGN(auto* found, table(name, display(name)));
  const auto* was = find_column(*found, column);
  if (was == nullptr) return missing_column(named.second, *found);
  if (to.empty()) return wrong(fmt::format("'rename_column' of '{}' lacks the new name", node_.name));
  if (find_column(*found, to) != nullptr) {
    return wrong(fmt::format("'{}' cannot be renamed to '{}': there is one already", node_.name, to), {}, to);
  }
  const auto old = name_before(name, column);
  auto after = *was;
  after.name = to;
  FORGE_TRY(carry_out(Delta<Column>{name, *was, after}));
  ColumnIntent said;
  if (const auto t = draft_.intents.tables.find(name); t != draft_.intents.tables.end()) {
    if (auto moved = t->second.columns.extract(column); !moved.empty()) said = std::move(moved.mapped());
  }
  auto& intent = column_intent(name, to);
  const auto place = intent.place;
  intent = std::move(said);
  intent.place = place;
  intent.renamed_from = old == to ? std::string() : old;
  draft_.places.erase(name);
  return {};
}

bool Changer::says_nothing(int index) const {
  bool nothing = true;
  lua_pushnil(c_.L);
  while (lua_next(c_.L, index) != 0) {
    const std::string_view key = lua_type(c_.L, -2) == LUA_TSTRING ? lua_tostring(c_.L, -2) : "_do";
    nothing = nothing && (key == "_do" || key == "_name");
    lua_pop(c_.L, 1);
  }
  return nothing;
}

Result<void> Changer::alter_column(int index) {
  FORGE_ASSIGN(auto named, member_name("column"));
  const auto& [name, column] = named;
  FORGE_ASSIGN(auto* found, table(name, display(name)));
  auto* was = find_column(*found, column);
  if (was == nullptr) return missing_column(named.second, *found);
  if (says_nothing(index)) {
    return wrong(
        fmt::format("'alter_column' of '{}' changes nothing: no word says what of the column is to change", node_.name),
        fmt::format("say it behind the name: alter_column \"{}\" :varchar(80)", node_.name));
  }
  ColumnNode said;
  said.column = *was;
  lua_pushliteral(c_.L, "_type");
  lua_rawget(c_.L, index);
  if (!lua_isnil(c_.L, -1)) said.column.type = {};
  lua_pop(c_.L, 1);
  FORGE_TRY(c_.read(index, said, "alter_column"));
  said.column.name = column;
  for (const auto& [given, word, instead] : {std::tuple{said.primary, "primary_key", "add_primary_key"},
                                             std::tuple{said.unique.has_value(), "unique", "add_unique"},
                                             std::tuple{!said.references.empty(), "references", "add_foreign_key"},
                                             std::tuple{!said.checks.empty(), "check", "add_check"},
                                             std::tuple{!said.renamed_from.empty(), "renamed_from", "rename_column"}}) {
    if (given)
      return wrong(fmt::format("'alter_column' cannot take '{}'", word), fmt::format("write {} for it", instead), word);
  }
  if (said.drop_default) said.column.default_value.reset();
  if (said.drop_identity) said.column.more.edit().identity.reset();
  if (said.drop_generated) said.column.more.edit().generated.reset();
  if (said.visible) said.column.more.edit().invisible = false;
  if (said.column.more->generated && said.column.default_value) {
    return wrong(fmt::format("column '{}' is generated and cannot have a default", node_.name), {}, "default");
  }
  FORGE_TRY(default_is_of_type(c_, place_, said.column));
  std::vector<WrittenSql> texts;
  if (const auto& value = said.column.default_value; value && value->kind == Expr::Kind::sql) {
    texts.push_back({WrittenSql::Role::default_value, value->text, column, place_, node_.name});
  }
  if (const auto& made = said.column.more->generated) {
    texts.push_back({WrittenSql::Role::generated, made->expr, column, place_, node_.name});
  }
  *was = said.column;
  FORGE_TRY(review_table(c_, *found, texts));
  auto& intent = column_intent(name, column);  // errors point at it, even if nothing is said for the plan
  if (!said.backfill_up.empty()) {
    intent.backfill_up = said.backfill_up;
    intent.backfill_down = said.backfill_down;
  }
  if (!said.strategy.empty()) intent.strategy = said.strategy;
  return {};
}

}  // namespace forge::spec
