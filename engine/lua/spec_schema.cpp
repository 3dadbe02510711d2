// A schema node becomes a schema.
#include <fmt/format.h>

#include <algorithm>

#include "engine/lua/spec_draft.hpp"
#include "engine/model/publication.hpp"

namespace forge::spec {
namespace {

Result<void> read_entry(Context& c, int index, SchemaDraft& draft) {
  const auto kind = c.kind(index);
  if (kind == NodeKind::table) return read_table(c, index, draft);
  const auto place = c.place_of(index);
  if (kind == NodeKind::change) {  // drop_table, as a statement about a table that is no longer there
    TableNode node;
    FORGE_TRY(c.read(index, node, "drop_table"));
    const auto name = object_name(c, node.name);
    read_table_intent(c, node, place, draft.intents.tables[name]);
    draft.dropped.emplace_back(name, place);
    return {};
  }
  ObjectNode node;
  FORGE_TRY(c.read(index, node, "object"));
  FORGE_TRY(read_object(c, index, kind, draft.schema, place));
  const auto name = object_key(c, kind, node.name);
  draft.object_places.emplace(name, place);
  draft.intents.places.emplace(name, c.line_place(place, node.name));
  return {};
}

Result<void> twice(Context& c, NodePlace place, const ObjectNode& node, std::string_view what) {
  return c.wrong(place, node.name, {}, fmt::format("there are two {} '{}'", what, node.name));
}

Result<void> read_enum(Context& c, int index, const ObjectNode& node, Schema& schema, NodePlace place) {
  EnumType made{object_name(c, node.name), {}, node.comment};
  if (!c.push_body(index)) {
    return c.wrong(place, node.name, {}, fmt::format("enum '{}' has no values", node.name),
                   fmt::format("write them: enum \"{}\" {{ \"new\", \"paid\" }}", node.name));
  }
  Error error;
  const bool ok = nodes::read_into(c.L, lua_gettop(c.L), made.values, "enum", {}, error);
  lua_pop(c.L, 1);
  if (!ok) return fail(std::move(error));
  const QName name = made.name;
  return schema.enums.emplace(name, std::move(made)).second ? Result<void>() : twice(c, place, node, "enums");
}

Result<void> read_view(Context& c, int index, const ObjectNode& node, Schema& schema, NodePlace place) {
  View made;
  made.name = object_name(c, node.name);
  made.query = c.string_body(index);
  made.columns = node.columns;
  made.materialized = node.materialized;
  made.security_invoker = node.security_invoker;
  made.definer = node.definer;
  made.check_option = node.check_option;
  made.comment = node.comment;
  for (const auto& name : node.uses) made.uses.push_back(object_name(c, name));
  if (made.query.empty()) {
    return c.wrong(place, node.name, {}, fmt::format("view '{}' has no query", node.name));
  }
  const QName name = made.name;
  return schema.views.emplace(name, std::move(made)).second ? Result<void>() : twice(c, place, node, "views");
}

// The kinds of definitions that belong to a table, and say so in their name.
bool belongs_to_table(std::string_view kind) {
  return kind == "trigger" || kind == "policy" || kind == "rule" || kind == "row security";
}

std::string upper_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

// How the engine takes such an object away, where the spec does not say.
std::string drop_text(const Context& c, const Definition& made) {
  std::string own = made.name.name.substr(std::min(made.name.name.size(), made.kind.size() + 1));
  const bool standard = c.engine == "postgres";
  if (!made.on.empty() && !standard) own = own.substr(0, own.rfind(" on "));
  return fmt::format("DROP {} {}", upper_case(made.kind), own);
}

bool is_plain_word(std::string_view text) {
  const bool digit_first = !text.empty() && text[0] >= '0' && text[0] <= '9';
  return !text.empty() && !digit_first && std::ranges::all_of(text, [](char ch) {
    return ch == '_' || (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
  });
}

// The name of a routine as MySQL's catalog tells it: alone, since it cannot be overloaded, and in back-ticks where it is no
// plain word.
std::string routine_name(std::string_view said) {
  std::string name;
  if (said.starts_with('`')) {
    for (std::size_t i = 1; i < said.size(); ++i) {
      if (said[i] == '`' && (++i == said.size() || said[i] != '`')) break;  // a doubled one is part of the name
      name += said[i];
    }
  } else {
    name = said.substr(0, said.find('('));
    while (name.ends_with(' ')) name.pop_back();
    if (name.find('.') != std::string::npos) return name;  // with its database
  }
  if (is_plain_word(name)) return name;
  std::string quoted = "`";
  for (const char ch : name) quoted.append(ch == '`' ? 2 : 1, ch);
  return quoted + '`';
}

// The kind that a name begins with: a word, or several where catalogs say so.
std::string kind_said(const std::string& name) {
  static constexpr const char* kLong[] = {"column compression",
                                          "column default",
                                          "column options",
                                          "column storage",
                                          "default privilege",
                                          "event trigger",
                                          "foreign data wrapper",
                                          "foreign table",
                                          "not null",
                                          "operator class",
                                          "operator family",
                                          "range type",
                                          "replica identity",
                                          "row security",
                                          "statistics target",
                                          "text search configuration",
                                          "text search dictionary",
                                          "view option"};
  for (const auto* kind : kLong) {
    if (name.starts_with(std::string(kind) + " ")) return kind;
  }
  return name.substr(0, name.find(' '));
}

Result<void> read_definition(Context& c, const ObjectNode& node, Schema& schema, NodePlace place) {
  Definition made = node.definition;
  made.name = object_key(c, NodeKind::definition, node.name);
  made.uses = node.uses;
  made.definer = node.definer;
  if (made.kind.empty()) made.kind = kind_said(node.name);
  if (!node.on.empty()) {
    made.on = object_name(c, node.on);
  } else if (const auto at = node.name.rfind(" on "); at != std::string::npos && belongs_to_table(made.kind)) {
    made.on = object_name(c, node.name.substr(at + 4));
  }
  if (!node.name.starts_with(made.kind + " ")) {
    return c.wrong(place, node.name, {}, fmt::format("definition '{}' does not begin with its kind", node.name),
                   R"(write kind and name: definition "trigger audit on orders" [[ CREATE TRIGGER … ]])");
  }
  // That it is on, and whether the owner is bound by it, are two things to the catalog.
  if (node.name.starts_with("row security on ")) made.name = definition_name(made.kind, "state", made.on);
  if (made.create.empty()) {
    return c.wrong(place, node.name, {}, fmt::format("definition '{}' lacks the statement that makes it", node.name));
  }
  if (made.drop.empty()) made.drop = drop_text(c, made);
  split_publication(made);
  const QName name = made.name;
  return schema.definitions.emplace(name, std::move(made)).second ? Result<void>()
                                                                  : twice(c, place, node, "definitions");
}

}  // namespace

Result<void> printable(const Context& c, std::string_view name, NodePlace place) {
  const auto found = std::ranges::find_if(name, [](char ch) { return (ch >= 0 && ch < 0x20) || ch == 0x7F; });
  if (found == name.end()) return {};
  return c.wrong(place, name, {},
                 fmt::format("a name holds the control character \\x{:02x}", static_cast<int>(*found)));
}

QName object_name(const Context& c, std::string_view text) {
  auto name = parse_qname(text);
  const bool is_default =
      (c.engine == "postgres" && name.schema == "public") || (c.engine == "sqlite" && name.schema == "main");
  if (is_default) name.schema.clear();
  return name;
}

QName object_key(const Context& c, NodeKind kind, std::string_view text) {
  if (kind != NodeKind::name_space && kind != NodeKind::definition) return object_name(c, text);
  if (kind == NodeKind::definition && (c.engine == "mysql" || c.engine == "mariadb")) {
    for (const std::string_view routine : {"procedure ", "function "}) {
      if (!text.starts_with(routine)) continue;
      return {"", std::string(routine) + routine_name(text.substr(routine.size()))};
    }
  }
  return {"", std::string(text)};
}

void read_table_intent(Context& c, const TableNode& node, NodePlace place, TableIntent& intent) {
  if (!node.renamed_from.empty()) intent.renamed_from = object_name(c, node.renamed_from);
  if (!node.strategy.empty()) intent.strategy = node.strategy;
  if (!node.downtime.empty()) intent.downtime = node.downtime;
  if (!node.approved_by.empty()) intent.approved_by = node.approved_by;
  intent.archive = intent.archive || node.archive;
  intent.place = c.line_place(place, node.name);
}

Result<void> read_object(Context& c, int index, NodeKind kind, Schema& schema, NodePlace place) {
  ObjectNode node;
  FORGE_TRY(c.read(index, node, "object"));
  if (kind == NodeKind::enumeration) return read_enum(c, index, node, schema, place);
  if (kind == NodeKind::view) return read_view(c, index, node, schema, place);
  if (kind == NodeKind::definition) return read_definition(c, node, schema, place);
  if (kind == NodeKind::name_space) {
    const QName name{"", node.name};
    return schema.namespaces.emplace(name, Namespace{name, node.comment}).second ? Result<void>()
                                                                                 : twice(c, place, node, "namespaces");
  }
  if (kind != NodeKind::sequence)
    return c.wrong(place, node.name, {}, "a schema holds something else than its objects");
  Sequence made = node.sequence;
  made.name = object_name(c, node.name);
  made.comment = node.comment;
  if (made.min && made.max && *made.min > *made.max) {
    return c.wrong(place, "min", node.name, fmt::format("sequence '{}' has a min above its max", node.name));
  }
  if (made.increment && *made.increment == 0) {
    return c.wrong(place, "increment", node.name, fmt::format("sequence '{}' has an increment of 0", node.name));
  }
  const QName name = made.name;
  return schema.sequences.emplace(name, std::move(made)).second ? Result<void>() : twice(c, place, node, "sequences");
}

Result<void> read_table(Context& c, int index, SchemaDraft& draft) {
  TableNode node;
  FORGE_TRY(c.read(index, node, "table"));
  const auto place = c.place_of(index);
  FORGE_TRY(printable(c, node.name, place));
  Table table;
  table.name = object_name(c, node.name);
  table.options = std::move(node.options);
  table.comment = std::move(node.comment);
  if (draft.schema.table(table.name) != nullptr) {
    return c.wrong(place, node.name, {}, fmt::format("there are two tables '{}'", node.name));
  }
  if (!c.push_body(index)) {
    return c.wrong(place, node.name, {}, fmt::format("table '{}' has no body", node.name),
                   fmt::format("write its columns: table \"{}\" {{ column \"id\" :bigint() }}", node.name));
  }
  TableIntent intent;
  read_table_intent(c, node, place, intent);
  TablePlaces places{place, {}};
  TableReader reader(c, draft, table, intent, places, place);
  auto done = reader.members(lua_gettop(c.L));
  lua_pop(c.L, 1);
  FORGE_TRY(std::move(done));
  FORGE_TRY(reader.check());
  if (table.columns.empty() && table.options.inherits.empty() && c.engine != "mongodb") {
    return c.wrong(place, node.name, {}, fmt::format("table '{}' has no columns", node.name));
  }
  const QName name = table.name;
  draft.places.emplace(name, std::move(places));
  draft.intents.tables.emplace(name, std::move(intent));
  draft.schema.put_table(std::move(table));
  return {};
}

Result<SchemaDraft> read_schema(Context& c, int index) {
  SchemaDraft draft;
  luaL_checkstack(c.L, 12, "a schema has too many levels");
  if (!c.push_body(index)) return draft;
  const int body = lua_gettop(c.L);
  const int size = static_cast<int>(lua_objlen(c.L, body));
  for (int i = 1; i <= size; ++i) {
    lua_rawgeti(c.L, body, i);
    auto done = read_entry(c, lua_gettop(c.L), draft);
    lua_settop(c.L, body);
    if (!done) return fail(std::move(done).error());
  }
  lua_pop(c.L, 1);
  FORGE_TRY(resolve(c, draft));
  FORGE_TRY(check_schema(c, draft));
  return draft;
}

}  // namespace forge::spec
