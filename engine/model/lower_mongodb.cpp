// What MongoDB cannot hold of a table, and what stands in for it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/model/json.hpp"
#include "engine/model/lower.hpp"
#include "engine/model/spec.hpp"

namespace forge {

void Lowering::lower_mongodb_column(const Table& table, Column& column) {
  const std::string object = display(table.name) + "." + column.name;
  if (column.default_value) {
    without(object, "defaults: the application writes the value into new documents");
    column.default_value.reset();
  }
  if (column.more.is_default()) return;
  ColumnExtras& more = column.more.edit();
  if (more.generated) {
    without(object, "computed fields: the application writes it");
    more.generated.reset();
  }
  if (more.identity) {
    without(object, "counters: the application numbers it");
    more.identity.reset();
    column.nullable = false;
  }
  if (!more.collation.empty()) {
    without(object, "collations of a field: state one for the collection or the index");
    more.collation.clear();
  }
  if (!more.charset.empty()) more.charset.clear();  // text is UTF-8
  if (!more.comment.empty()) {
    without(object, "comments: this one stays in the spec");
    more.comment.clear();
  }
  if (!more.on_update.empty()) {
    without(object, "ON UPDATE: the application must set it");
    more.on_update.clear();
  }
  if (more.invisible) {
    without(object, "invisible fields");
    more.invisible = false;
  }
}

namespace {

// One spelling of a document, its members in their order.
void one_spelling(std::string& text) {
  const Json value = Json::parse(text, nullptr, false);
  if (!value.is_discarded()) text = value.dump();
}

// A value of the model as extended JSON that keeps its type; literals stand as such, since "$x" would be a field.
Json literal(const Expr& value, const Type& type) {
  const auto number = [&](const char* as) { return Json{{as, value.text}}; };
  if (value.kind == Expr::Kind::boolean) return value.text == "true";
  if (value.kind == Expr::Kind::number && type.name == "boolean") return value.text != "0";
  if (value.kind == Expr::Kind::number) {
    if (type.name == "numeric" || type.name == "decimal") return number("$numberDecimal");
    if (type.name == "bigint") return number("$numberLong");
    if (type.name == "double" || type.name == "real" || type.name == "float") return number("$numberDouble");
    return Json::parse(value.text, nullptr, false);
  }
  return {{"$literal", value.text}};
}

}  // namespace

void fill_from_defaults(Spec& spec) {
  for (const auto& [name, table] : spec.after.tables) {
    const auto said = spec.intents.tables.find(name);
    const QName& was =
        said == spec.intents.tables.end() || said->second.renamed_from.empty() ? name : said->second.renamed_from;
    const Table* before = spec.before.table(was);
    for (const auto& column : before ? table->columns : std::vector<Column>{}) {
      const auto& value = column.default_value;
      if (!value || value->kind == Expr::Kind::sql || value->kind == Expr::Kind::null) continue;
      if (find_column(*before, column.name)) continue;
      auto& intent = spec.intents.tables[name].columns[column.name];
      if (!intent.backfill_up.empty() || !intent.renamed_from.empty()) continue;
      intent.backfill_up = literal(*value, column.type).dump();
    }
  }
}

void Lowering::lower_mongodb_table(Table& table) {
  for (auto& check : table.checks) one_spelling(check.expr);
  for (auto& index : table.indexes) one_spelling(index.where);
  const std::string object = display(table.name);
  const bool own_id =
      table.primary_key && table.primary_key->parts.size() == 1 && table.primary_key->parts[0].column == "_id";
  if (table.primary_key && !own_id) {
    note(fmt::format("{}: the key of a collection is _id; a unique index stands in for the primary key", object));
  }
  const auto named = [](const auto& setting) { return setting.first == "timeseries"; };
  if (std::ranges::any_of(table.options.storage, named)) {
    without(object, "validators for time series: the types of its fields are not enforced");
  }
  for (auto& key : table.foreign_keys) {
    if (key.not_enforced) continue;
    note(fmt::format(
        "{}: {} has no foreign keys; a question of the validation counts the documents whose {} is not in {}", object,
        rules_.engine, fmt::join(key.columns, ", "), display(key.ref)));
    key.not_enforced = true;
    key.on_delete.clear();
    key.on_update.clear();
  }
}

void Lowering::lower_mongodb_objects(Schema& schema) {
  for (const auto& [name, definition] : schema.definitions) {
    without(name.name, fmt::format("{}: it is left out", definition.kind == "trigger" ? "triggers" : definition.kind));
  }
  schema.definitions.clear();
  for (auto& [name, view] : schema.views) {
    const Json given = Json::parse(view.query, nullptr, false);
    if (!given.is_object()) continue;
    view.query = Json{{"viewOn", given.value("viewOn", Json())}, {"pipeline", given.value("pipeline", Json())}}.dump();
  }
}

}  // namespace forge
