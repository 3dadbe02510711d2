#include "engine/lua/spec_sql.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/db/sqlite_probe.hpp"
#include "engine/model/json.hpp"
#include "engine/model/sql/columns.hpp"
#include "engine/model/sql/fault.hpp"
#include "engine/model/sql/text.hpp"

namespace forge::spec {
namespace {

using Role = WrittenSql::Role;

// Where a text stands in the spec.
struct Site {
  std::string what;  // for people
  std::string_view text;
  NodePlace place = 0;
  std::string_view anchor;
};

std::string what_of(const Table& table, const WrittenSql& one) {
  auto name = display(table.name);
  switch (one.role) {
    case Role::check:
      return one.name.empty() ? fmt::format("a check of table '{}'", name)
                              : fmt::format("check '{}' of table '{}'", one.name, name);
    case Role::generated:
      return fmt::format("the expression of column '{}.{}'", name, one.name);
    case Role::default_value:
      return fmt::format("the default of column '{}.{}'", name, one.name);
    case Role::index_expression:
      return fmt::format("an expression of {}", one.name);
    case Role::condition:
      return fmt::format("the condition of {}", one.name);
    case Role::exclusion:
      return fmt::format("an exclusion of table '{}'", name);
  }
  return name;
}

std::unexpected<Error> wrong(const Context& c, const Site& site, const SqlFault& fault) {
  Error error{ErrorCode::spec, fmt::format("{}: {}", site.what, fault.message), fault.hint, {}, {}, {}};
  error.place = c.place_inside(site.place, site.text, site.anchor, fault.at, fault.length);
  if (error.place->file.empty()) error.place.reset();
  return fail(std::move(error));
}

// The length of the word or quoted name that stands at `at`.
std::size_t word_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return 1;
  return std::max<std::size_t>(1, sql_tokens(text.substr(at)).front().text.size());
}

std::unexpected<Error> complained(const Context& c, const Site& site, const SqlComplaint& complaint) {
  SqlFault fault{complaint.message, suggest(complaint.unknown, complaint.near), 0, 0};
  if (complaint.at) {
    fault.at = *complaint.at;
    fault.length = word_at(site.text, fault.at);
  } else if (const auto found = complaint.unknown.empty() ? std::string::npos : site.text.find(complaint.unknown);
             found != std::string::npos) {
    fault.at = found;
    fault.length = complaint.unknown.size();
  } else {
    fault.length = site.text.size();
  }
  return wrong(c, site, fault);
}

// PostgreSQL, MySQL and MariaDB: a server is not asked, so only what is certain is said.
Result<void> known_columns(const Context& c, const Site& site, const std::vector<std::string_view>& columns) {
  if (c.engine == "sqlite") return {};
  auto fault = unknown_column(site.text, c.engine, columns);
  if (!fault) return {};
  const auto name = std::exchange(fault->message, {});
  fault->message = fmt::format("there is no column '{}'", name);
  fault->hint = suggest(name, {columns.begin(), columns.end()});
  return wrong(c, site, *fault);
}

std::vector<std::string_view> names_for(const Table& table) {
  std::vector<std::string_view> out{table.name.name};
  for (const auto& column : table.columns) out.push_back(column.name);
  return out;
}

std::optional<SqlComplaint> asked(SqliteProbe& probe, const Table& table, const WrittenSql& one) {
  switch (one.role) {
    case Role::check:
      return probe.check(table, one.text);
    case Role::generated:
      return probe.generated(table, one.name, one.text);
    case Role::default_value:
      return probe.default_value(one.text);
    case Role::index_expression:
      return probe.index_expression(table, one.text);
    case Role::condition:
      return probe.index_condition(table, one.text);
    case Role::exclusion:
      return std::nullopt;  // SQLite has none
  }
  return std::nullopt;
}

Result<void> not_itself(const Context& c, const Site& site, const WrittenSql& one) {
  for (const auto& token : columns_said(site.text)) {
    if (!token_names(token, one.name)) continue;
    const auto at = static_cast<std::size_t>(token.text.data() - site.text.data());
    return wrong(c, site, {"it reads the column itself", {}, at, token.text.size()});
  }
  return {};
}

// A name of the new row in a backfill of the old one.
Result<void> old_names_only(const Context& c, const Site& site, const Table& was, const Table& now,
                            const ColumnIntent& said, const std::string& column) {
  const auto tokens = sql_tokens(site.text);
  if (std::ranges::any_of(tokens, [](const Token& token) { return token_names(token, "select"); })) return {};
  for (const auto& other : now.columns) {
    if (find_column(was, other.name) != nullptr) continue;
    const auto used = identifiers(site.text);
    const auto hit = std::ranges::find_if(used, [&](const std::string& name) { return name == other.name; });
    if (hit == used.end()) continue;
    SqlFault fault{fmt::format("it reads '{}', which `before` lacks", other.name),
                   {},
                   site.text.find(other.name),
                   other.name.size()};
    const bool own = other.name == column && !said.renamed_from.empty();
    fault.hint = own ? fmt::format("a backfill reads the old row: write '{}'", said.renamed_from)
                     : fmt::format("a backfill reads the old row: write what '{}' is made from", other.name);
    if (fault.at == std::string_view::npos) fault.at = 0;
    return wrong(c, site, fault);
  }
  return {};
}

// What a subquery reads of another table by that table's name or alias. SQLite itself is asked.
Result<void> known_elsewhere(const Context& c, const Site& site, const Schema& before) {
  if (c.engine == "sqlite") return {};
  const auto unknown = unknown_read(c, before, site.text);
  if (!unknown) return {};
  std::vector<std::string> columns;
  for (const auto& column : unknown->table->columns) columns.push_back(column.name);
  SqlFault fault{
      fmt::format("it reads '{}' of table '{}', which `before` lacks", unknown->column, display(unknown->table->name)),
      suggest(unknown->column, columns), unknown->at, unknown->length};
  if (fault.hint.empty()) {
    fault.hint = "a backfill reads what stands before the migration: bring the column in a migration of its own first";
  }
  return wrong(c, site, fault);
}

// SQLite has no namespaces: what stands for them is decided later.
bool has_namespaces(const Schema& schema) {
  return std::ranges::any_of(schema.tables, [](const auto& entry) { return !entry.first.schema.empty(); });
}

}  // namespace

namespace {

// What MongoDB is given: an aggregation expression, a query, a view's source, commands.
enum class Wanted { expression, query, view, command };

constexpr const char* kWanted[] = {"an aggregation expression", "a query", "{ viewOn, pipeline }", "a command"};

// MongoDB takes documents and no SQL: as JSON text, or as a table.
Result<void> review_document(const Context& c, const Site& site, Wanted wanted) {
  const Json value = Json::parse(site.text, nullptr, false);
  const char* what = kWanted[static_cast<int>(wanted)];
  const bool right = !value.is_discarded() && (wanted == Wanted::expression || value.is_object());
  if (!right) {
    return wrong(c, site,
                 {fmt::format("MongoDB takes {} as a table or as JSON, and this is neither", what),
                  "for several engines, write sql { mongodb = '{…}', postgres = \"…\" }", 0, site.text.size()});
  }
  if (wanted == Wanted::view && (!value.contains("viewOn") || !value["viewOn"].is_string() ||
                                 !value.contains("pipeline") || !value["pipeline"].is_array() || value.size() != 2)) {
    return wrong(c, site, {"a view is { viewOn = \"collection\", pipeline = { stages } }", {}, 0, site.text.size()});
  }
  return {};
}

Result<void> review_documents(Context& c, const Table& table, const std::vector<WrittenSql>& texts) {
  for (const auto& one : texts) {
    const Site site{what_of(table, one), one.text, one.place, one.anchor};
    if (one.role == Role::check || one.role == Role::condition) FORGE_TRY(review_document(c, site, Wanted::query));
  }
  return {};
}

}  // namespace

Result<void> review_table(Context& c, const Table& table, const std::vector<WrittenSql>& texts) {
  if (c.engine.empty()) return {};
  if (c.engine == "mongodb") return review_documents(c, table, texts);
  for (const auto& one : texts) {
    const auto fault = sql_fault(one.text, c.engine, SqlUse::expression);
    if (fault) return wrong(c, {what_of(table, one), one.text, one.place, one.anchor}, *fault);
    if (one.role == Role::generated)
      FORGE_TRY(not_itself(c, {what_of(table, one), one.text, one.place, one.anchor}, one));
    if (one.role == Role::default_value || !table.options.inherits.empty()) continue;
    FORGE_TRY(known_columns(c, {what_of(table, one), one.text, one.place, one.anchor}, names_for(table)));
  }
  if (c.engine != "sqlite" || texts.empty()) return {};
  if (!c.probe) c.probe = std::make_shared<SqliteProbe>();
  const bool whole = c.probe->takes_all(table);
  for (const auto& one : texts) {
    if (whole && (one.role == Role::check || one.role == Role::generated)) continue;
    const auto complaint = asked(*c.probe, table, one);
    if (complaint) return complained(c, {what_of(table, one), one.text, one.place, one.anchor}, *complaint);
  }
  return {};
}

Result<void> review_views(Context& c, const SchemaDraft& draft) {
  std::optional<SqliteWorld> world;
  if (c.engine == "sqlite" && !has_namespaces(draft.schema)) world.emplace(draft.schema);
  for (const auto& [name, view] : draft.schema.views) {
    const auto found = draft.object_places.find(name);
    if (found == draft.object_places.end()) continue;
    const auto shown = display(name);
    const Site site{fmt::format("view '{}'", shown), view.query, found->second, shown};
    if (c.engine == "mongodb") {
      FORGE_TRY(review_document(c, site, Wanted::view));
      continue;
    }
    if (const auto fault = sql_fault(view.query, c.engine, SqlUse::query)) return wrong(c, site, *fault);
    if (!world) continue;
    if (const auto complaint = world->view(view)) return complained(c, site, *complaint);
  }
  return {};
}

Result<void> review_backfill(Context& c, const Schema& before, const Table& was, const Table& now,
                             const std::string& column, const ColumnIntent& said, NodePlace place) {
  const auto shown = display(now.name) + "." + column;
  const Site up{fmt::format("the backfill of '{}'", shown), said.backfill_up, place, column};
  const Site down{fmt::format("the way back of the backfill of '{}'", shown), said.backfill_down, place, column};
  for (const auto& site : {up, down}) {
    if (site.text.empty()) continue;
    if (c.engine == "mongodb") {
      FORGE_TRY(review_document(c, site, Wanted::expression));
      continue;
    }
    if (const auto fault = sql_fault(site.text, c.engine, SqlUse::expression)) return wrong(c, site, *fault);
  }
  if (c.engine == "mongodb") return {};
  FORGE_TRY(old_names_only(c, up, was, now, said, column));
  FORGE_TRY(known_columns(c, up, names_for(was)));
  FORGE_TRY(known_elsewhere(c, up, before));
  auto both = names_for(was);
  std::ranges::copy(names_for(now), std::back_inserter(both));
  if (!said.backfill_down.empty()) FORGE_TRY(known_columns(c, down, both));
  if (c.engine != "sqlite" || has_namespaces(before)) return {};
  SqliteWorld world(before);
  if (const auto complaint = world.value(was, up.text)) return complained(c, up, *complaint);
  if (said.backfill_down.empty()) return {};
  Table joint = was;
  for (const auto& other : now.columns) {
    if (find_column(was, other.name) == nullptr) joint.columns.push_back(other);
  }
  const auto asked_of = [&](const Table& table) {
    Schema with_both = before;
    with_both.put_table(table);
    return SqliteWorld(with_both).value(table, down.text);
  };
  const auto complaint = asked_of(joint);
  if (!complaint) return {};
  joint.name = now.name;  // it may say the table by either name
  if (was.name == now.name || asked_of(joint)) return complained(c, down, *complaint);
  return {};
}

Result<void> review_statements(Context& c, const Raw& raw, NodePlace place) {
  for (const auto& [text, word, use] :
       {std::tuple{&raw.up, "up", SqlUse::statements}, std::tuple{&raw.down, "down", SqlUse::statements},
        std::tuple{&raw.done_when, "done_when", SqlUse::query}}) {
    if (text->empty()) continue;
    if (c.engine == "mongodb") {
      FORGE_TRY(review_document(c, {fmt::format("'{}' of execute", word), *text, place, word}, Wanted::command));
      continue;
    }
    const auto fault = sql_fault(*text, c.engine, use);
    if (fault) return wrong(c, {fmt::format("'{}' of execute", word), *text, place, word}, *fault);
  }
  return {};
}

}  // namespace forge::spec
