#include "engine/db/sqlite_probe.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>

#include "engine/base/letters.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {
namespace {

std::string identifier(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string column_list(const Table& table, const std::string& but = {}) {
  std::string out;
  for (const auto& column : table.columns) {
    if (column.name != but) out += (out.empty() ? "" : ",") + identifier(column.name);
  }
  return out;
}

// What the sqlite3 shell has beyond the library, and mathematics, which a library may be built without. Scripts are run by
// the shell, so these are no mistakes.
constexpr std::array kShellFunctions = {
    "acos",        "acosh",   "asin", "asinh", "atan",   "atan2",   "atanh",       "base64",      "base85",
    "ceil",        "ceiling", "cos",  "cosh",  "dbinfo", "decimal", "decimal_add", "decimal_cmp", "decimal_mul",
    "decimal_sub", "degrees", "edit", "exp",   "floor",  "ieee754", "ln",          "log",         "log10",
    "log2",        "mod",     "pi",   "pow",   "power",  "radians", "readfile",    "regexp",      "regexpi",
    "sha3",        "sin",     "sinh", "sqrt",  "tan",    "tanh",    "trunc",       "writefile"};

void no_value(sqlite3_context* context, int, sqlite3_value**) { sqlite3_result_null(context); }

int no_order(void*, int, const void*, int, const void*) { return 0; }

sqlite3* open_empty() {
  sqlite3* handle = nullptr;
  if (sqlite3_open_v2(":memory:", &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr) != SQLITE_OK) {
    sqlite3_close_v2(handle);
    return nullptr;
  }
  for (const char* name : kShellFunctions) {
    sqlite3_stmt* statement = nullptr;
    const std::string probe = std::string("SELECT ") + name + "(1)";
    const bool there = sqlite3_prepare_v2(handle, probe.c_str(), -1, &statement, nullptr) == SQLITE_OK ||
                       !std::string_view(sqlite3_errmsg(handle)).starts_with("no such function");
    sqlite3_finalize(statement);
    if (there) continue;
    sqlite3_create_function_v2(handle, name, -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, nullptr,
                               no_value, nullptr, nullptr, nullptr);
  }
  for (const char* name : {"decimal", "uint"}) {
    sqlite3_create_collation_v2(handle, name, SQLITE_UTF8, nullptr, no_order, nullptr);
  }
  return handle;
}

std::vector<std::string> function_names(sqlite3* handle) {
  std::vector<std::string> out;
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(handle, "SELECT DISTINCT name FROM pragma_function_list ORDER BY name", -1, &statement, nullptr);
  while (sqlite3_step(statement) == SQLITE_ROW) {
    const auto* name = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    const std::string_view text = name == nullptr ? "" : name;
    // Operators are functions too, under names that nobody writes.
    if (!text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) != 0) out.emplace_back(text);
  }
  sqlite3_finalize(statement);
  return out;
}

// "no such KIND: name" → name.
std::string missing(std::string_view message, std::string_view kind) {
  const std::string head = "no such " + std::string(kind) + ": ";
  const auto found = message.find(head);
  return found == std::string_view::npos ? std::string() : std::string(message.substr(found + head.size()));
}

std::string without_main(const std::string& name) { return name.starts_with("main.") ? name.substr(5) : name; }

std::vector<std::string> names_of(const Table& table) {
  std::vector<std::string> out;
  out.reserve(table.columns.size());
  for (const auto& column : table.columns) out.push_back(column.name);
  return out;
}

// SQLite's own tables, and those that only its shell has.
bool comes_from_elsewhere(std::string_view table) {
  const auto name = folded(std::string(table));
  return name.starts_with("sqlite_") || name.starts_with("pragma_") || name == "generate_series" || name == "dbstat" ||
         name == "fsdir" || name == "zipfile";
}

// The query without its final semicolon and what follows that.
std::string_view bare_query(std::string_view text) {
  const auto tokens = sql_tokens(text);
  std::size_t end = text.size();
  for (auto at = tokens.rbegin(); at != tokens.rend(); ++at) {
    const bool nothing = at->kind == TokenKind::space || at->kind == TokenKind::comment || at->text == ";";
    if (!nothing) break;
    if (at->text == ";") end = static_cast<std::size_t>(at->text.data() - text.data());
  }
  return text.substr(0, end);
}

}  // namespace

SqliteProbe::SqliteProbe() = default;
SqliteProbe::~SqliteProbe() = default;

void SqliteProbe::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

sqlite3* SqliteProbe::database() {
  if (!database_) database_.reset(open_empty());
  return database_.get();
}

bool SqliteProbe::run(const std::string& sql) {
  return database() != nullptr && sqlite3_exec(database(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
}

std::optional<SqlComplaint> SqliteProbe::prepare(std::string_view head, std::string_view text, std::string_view tail) {
  sqlite3* handle = database();
  if (handle == nullptr) return std::nullopt;
  std::string sql(head);
  sql.append(text).append("\n").append(tail);
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(handle, sql.c_str(), static_cast<int>(sql.size()), &statement, nullptr);
  const int offset = code == SQLITE_OK ? -1 : sqlite3_error_offset(handle);
  sqlite3_finalize(statement);
  if (code == SQLITE_OK) return std::nullopt;
  const std::string message = sqlite3_errmsg(handle);
  SqlComplaint out{"SQLite says: " + message, std::nullopt, {}, {}};
  const auto end = head.size() + text.size();
  if (offset >= 0 && static_cast<std::size_t>(offset) >= head.size()) {
    out.at = std::min(static_cast<std::size_t>(offset), end) - head.size();
    if (static_cast<std::size_t>(offset) >= end && message.ends_with("syntax error")) {
      out.message = "it ends too early: something is missing at its end";
    }
  }
  if (auto name = missing(message, "column"); !name.empty()) {
    out.unknown = name.substr(name.rfind('.') == std::string::npos ? 0 : name.rfind('.') + 1);
  } else if (auto function = missing(message, "function"); !function.empty()) {
    out.unknown = std::move(function);
    out.near = function_names(handle);
  }
  return out;
}

std::optional<SqlComplaint> SqliteProbe::on_table(const Table& table, std::string_view head, std::string_view text,
                                                  std::string_view tail) {
  auto out = prepare(head, text, tail);
  if (out && !out->unknown.empty() && out->near.empty()) out->near = names_of(table);
  return out;
}

std::optional<SqlComplaint> SqliteProbe::check(const Table& table, std::string_view text) {
  const auto head = "CREATE TABLE " + identifier(table.name.name) + "(" + column_list(table) + ", CHECK (";
  return on_table(table, head, text, "))");
}

std::optional<SqlComplaint> SqliteProbe::generated(const Table& table, const std::string& column,
                                                   std::string_view text) {
  auto head = "CREATE TABLE " + identifier(table.name.name) + "(" + column_list(table, column);
  if (head.back() != '(') head += ",";
  return on_table(table, head + identifier(column) + " GENERATED ALWAYS AS (", text, "))");
}

bool SqliteProbe::takes_all(const Table& table) {
  std::string sql = "CREATE TABLE " + identifier(table.name.name) + "(";
  for (const auto& column : table.columns) {
    if (sql.back() != '(') sql += ",";
    sql += identifier(column.name);
    if (column.more->generated) sql += " GENERATED ALWAYS AS (" + column.more->generated->expr + "\n)";
  }
  for (const auto& check : table.checks) sql += ", CHECK (" + check.expr + "\n)";
  return !prepare(sql, "", ")");
}

std::optional<SqlComplaint> SqliteProbe::default_value(std::string_view text) {
  std::string key(text);
  if (defaults_.contains(key)) return std::nullopt;
  auto out = prepare("CREATE TABLE t(c DEFAULT (", text, "))");
  if (!out) out = prepare("SELECT (", text, ")");
  if (out && out->message.find("default value of column") != std::string::npos)
    out->message = "a default must be constant";
  if (!out) defaults_.insert(std::move(key));
  return out;
}

// The table stands there for this one question.
std::optional<SqlComplaint> SqliteProbe::on_index(const Table& table, const std::string& head, std::string_view text) {
  const auto name = identifier(table.name.name);
  run("BEGIN");
  run("CREATE TABLE " + name + "(" + column_list(table) + ")");
  auto out = on_table(table, "CREATE INDEX forgelua_probe ON " + name + head, text, ")");
  run("ROLLBACK");
  return out;
}

std::optional<SqlComplaint> SqliteProbe::index_expression(const Table& table, std::string_view text) {
  return on_index(table, "(", text);
}

std::optional<SqlComplaint> SqliteProbe::index_condition(const Table& table, std::string_view text) {
  return on_index(table, "(" + identifier(table.columns.front().name) + ") WHERE (", text);
}

std::optional<SqlComplaint> SqliteWorld::with_tables(const std::string& head, std::string_view text,
                                                     std::string_view tail) {
  while (true) {
    auto out = prepare(head, text, tail);
    if (!out) return out;
    const auto table = without_main(missing(out->message, "table"));
    if (table.empty()) return out;
    if (make(table)) continue;
    if (comes_from_elsewhere(table) || !schema_.unmanaged.empty()) return std::nullopt;
    out->unknown = table;
    for (const auto& [folded_name, name] : known_) out->near.push_back(display(name));
    return out;
  }
}

// Makes the table or view of the schema that goes by this name; false where there is none, or it stands there already.
bool SqliteWorld::make(const std::string& name) {
  if (known_.empty()) {
    // SQLite says names as they are, without quotes.
    const auto shown = [](const QName& one) { return folded(one.schema.empty() ? one.name : display(one)); };
    for (const auto& [table, value] : schema_.tables) known_.emplace(shown(table), table);
    for (const auto& [view, value] : schema_.views) known_.emplace(shown(view), view);
  }
  const auto key = folded(name);
  const auto found = known_.find(key);
  if (found == known_.end() || !made_.insert(key).second) return false;
  if (const auto* table = schema_.table(found->second)) {
    return run("CREATE TABLE " + identifier(table->name.name) + "(" + column_list(*table) + ")");
  }
  const auto view_made = schema_.views.find(found->second);
  if (view_made == schema_.views.end()) return false;
  std::string columns;
  for (const auto& column : view_made->second.columns) columns += (columns.empty() ? "(" : ",") + identifier(column);
  if (!columns.empty()) columns += ")";
  return run("CREATE VIEW " + identifier(view_made->first.name) + columns + " AS " +
             std::string(bare_query(view_made->second.query)));
}

std::optional<SqlComplaint> SqliteWorld::value(const Table& table, std::string_view text) {
  auto out = with_tables("SELECT (", text, ") FROM " + identifier(table.name.name));
  if (out && !out->unknown.empty() && out->near.empty()) out->near = names_of(table);
  return out;
}

std::optional<SqlComplaint> SqliteWorld::view(const View& view) {
  sound_[view.name] = true;  // for views that read each other, until it is known
  for (const auto& read : view.uses) {
    const auto other = schema_.views.find(read);
    if (other == schema_.views.end()) continue;
    if (!sound_.contains(read)) this->view(other->second);
    if (!sound_.at(read)) return std::nullopt;
  }
  const auto query = bare_query(view.query);
  auto out = prepare("CREATE TEMP VIEW forgelua_probe AS ", query, "");
  if (!out) out = with_tables("", query, "");
  if (!out && !view.columns.empty()) {
    out = with_tables("SELECT 1 FROM " + identifier(view.name.name), "", "");
    if (out) out->at.reset();
  }
  sound_[view.name] = !out;
  return out;
}

}  // namespace forge
