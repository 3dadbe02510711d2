#include "tests/support/engines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "tests/support/normalise.hpp"

namespace forge::test {
namespace {

Outcome must(Outcome outcome, const std::string& what) {
  if (outcome.exit_code != 0) throw std::runtime_error(what + "\n" + outcome.err + outcome.out);
  return outcome;
}

// The rows of all statements of a text, up to the first that fails.
Result<std::vector<Row>> rows_of(Session& session, const std::string& sql) {
  FORGE_ASSIGN(const auto statements, session.statements(sql));
  std::vector<Row> out;
  for (const auto& statement : statements) {
    FORGE_ASSIGN(const auto found, session.query(statement));
    for (const auto& fields : found.rows) {
      Row row;
      for (const auto& field : fields) row.push_back(field.value_or("NULL"));
      out.push_back(std::move(row));
    }
  }
  return out;
}

std::vector<Row> must(Result<std::vector<Row>> rows, const std::string& sql) {
  if (!rows) throw std::runtime_error(sql + "\n" + rows.error().message);
  return std::move(*rows);
}

std::string quote_name(std::string_view name, char quote) {
  std::string out(1, quote);
  for (const char c : name) {
    if (c == quote) out += quote;
    out += c;
  }
  return out + quote;
}

std::string join(const std::vector<std::string>& parts, std::string_view between) {
  std::string out;
  for (const auto& part : parts) {
    if (!out.empty()) out += between;
    out += part;
  }
  return out;
}

std::string ordinals(std::size_t count) {
  std::vector<std::string> numbers;
  for (std::size_t i = 1; i <= count; ++i) numbers.push_back(std::to_string(i));
  return join(numbers, ",");
}

std::string version_of(const std::string& engine) {
  return engine == "postgres" ? environment("FORGELUA_TEST_POSTGRES_VERSION") : "";
}

// A function of the shell that calls the test's client by the name that users know it by.
std::string named_client(std::string_view name, const std::string& client) {
  return fmt::format("{}() {{ command {} \"$@\"; }}\n", name, client);
}

// The server's URL with a database in it: `end` is how its path ends, with the "?" of what follows.
std::string with_name(const std::string& url, const std::string& end, const std::string& database) {
  const auto at = url.find(end);
  return at == std::string::npos ? "" : url.substr(0, at) + "/" + database + url.substr(at + end.size() - 1);
}

class Postgres : public Engine {
 public:
  Postgres(std::string psql, std::string pg_dump)
      : Engine("postgres"), psql_(std::move(psql)), pg_dump_(std::move(pg_dump)) {}

  void create_database(const std::string& database) override {
    drop_database(database);
    ask("postgres", "CREATE DATABASE " + quote_name(database, '"'));
  }
  void drop_database(const std::string& database) override {
    hang_up(database);
    const std::string force = version_of("postgres") == "12" ? "" : " WITH (FORCE)";
    ask("postgres", "DROP DATABASE IF EXISTS " + quote_name(database, '"') + force);
  }
  std::string url(const std::string& database) const override {
    return with_name(environment("FORGELUA_TEST_POSTGRES_URL"), "/postgres?", database);
  }
  Outcome run_script(const std::string& database, const std::string& sql) override {
    return run_shell("exec " + psql_ + " -X -q -d " + shell_quote(database) + " -f -", sql);
  }
  std::string shell_of(const std::string& database) override {
    return named_client("psql", psql_) + "DATABASE_URL=" + shell_quote(database) + "\n";
  }
  std::vector<Row> query(const std::string& database, const std::string& sql) override { return ask(database, sql); }
  std::vector<std::string> dump_schema(const std::string& database) override {
    return normalise_pg_dump(
        must(run_shell("exec " + pg_dump_ + " --schema-only --no-owner -d " + shell_quote(database)), "pg_dump").out);
  }

 private:
  std::vector<Row> columns(const std::string& database) override {
    return query(database,
                 "SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname), quote_ident(a.attname) FROM "
                 "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid "
                 "WHERE c.relkind IN ('r','p') AND n.nspname NOT IN ('pg_catalog','information_schema') AND "
                 "a.attnum > 0 AND NOT a.attisdropped AND c.relname NOT LIKE 'forgelua\\_%' ORDER BY 1, 2");
  }
  std::string rows_query(const std::string& table, const std::vector<std::string>& columns) override {
    std::vector<std::string> casts;
    for (const auto& column : columns) casts.push_back(column + "::text");
    return "SELECT " + join(casts, ", ") + " FROM " + table + " ORDER BY " + ordinals(columns.size());
  }

  std::string psql_, pg_dump_;
};

// MySQL and MariaDB: the same client protocol and catalog.
class MySql : public Engine {
 public:
  MySql(std::string name, std::string client) : Engine(std::move(name)), client_(std::move(client)) {}

  void create_database(const std::string& database) override {
    drop_database(database);
    ask("mysql", "CREATE DATABASE " + quote_name(database, '`') + " CHARACTER SET utf8mb4");
  }
  void drop_database(const std::string& database) override {
    hang_up(database);
    ask("mysql", "DROP DATABASE IF EXISTS " + quote_name(database, '`'));
  }
  std::string url(const std::string& database) const override {
    return with_name(environment(name() == "mysql" ? "FORGELUA_TEST_MYSQL_URL" : "FORGELUA_TEST_MARIADB_URL"), "/?",
                     database);
  }
  Outcome run_script(const std::string& database, const std::string& sql) override {
    return run_shell("exec " + client_ + " --default-character-set=utf8mb4 " + shell_quote(database), sql);
  }
  std::string shell_of(const std::string& database) override {
    // The test's server stands on a socket and asks for no password.
    const auto without = fmt::format("shift 3; command {} --default-character-set=utf8mb4", client_);
    return fmt::format("{}() {{ {} \"$@\"; }}\nDB_HOST= DB_USER= DB_NAME={}\n", name(), without, shell_quote(database));
  }
  std::vector<Row> query(const std::string& database, const std::string& sql) override { return ask(database, sql); }
  std::vector<std::string> dump_schema(const std::string& database) override {
    std::string shows;
    for (const auto& row : query(database,
                                 "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = "
                                 "DATABASE() ORDER BY 1")) {
      shows += row[1] == "VIEW"       ? "SHOW CREATE VIEW "
               : row[1] == "SEQUENCE" ? "SHOW CREATE SEQUENCE "
                                      : "SHOW CREATE TABLE ";
      shows += quote_name(row[0], '`') + ";\n";
    }
    std::vector<std::string> entries;
    if (shows.empty()) return entries;
    for (const auto& row : query(database, shows)) entries.push_back(normalise_show(row.at(1), database));
    for (const auto& row : query(database,
                                 "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = "
                                 "DATABASE() UNION ALL SELECT routine_name FROM information_schema.routines "
                                 "WHERE routine_schema = DATABASE()")) {
      entries.push_back("TRIGGER OR ROUTINE " + row[0]);
    }
    std::ranges::sort(entries);
    return entries;
  }

 private:
  // The counter is data and no schema; the database's own name, which MariaDB puts before a sequence's, says nothing.
  static std::string normalise_show(std::string text, const std::string& database) {
    const std::string own = quote_name(database, '`') + ".";
    for (auto at = text.find(own); at != std::string::npos; at = text.find(own, at)) text.erase(at, own.size());
    if (const auto at = text.find(" AUTO_INCREMENT="); at != std::string::npos) {
      text.erase(at, text.find(' ', at + 1) - at);
    }
    return normalise_show_create(text);
  }
  std::vector<Row> columns(const std::string& database) override {
    auto rows = query(database,
                      "SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN "
                      "information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name "
                      "WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' AND c.table_name NOT LIKE "
                      "'forgelua\\_%' ORDER BY 1, 2");
    for (auto& row : rows) row = {quote_name(row[0], '`'), quote_name(row[1], '`')};
    return rows;
  }
  std::string rows_query(const std::string& table, const std::vector<std::string>& columns) override {
    return "SELECT " + join(columns, ", ") + " FROM " + table + " ORDER BY " + ordinals(columns.size());
  }

  std::string client_;
};

class Sqlite : public Engine {
 public:
  explicit Sqlite(std::string client) : Engine("sqlite"), client_(std::move(client)) {}

  void create_database(const std::string& database) override {
    drop_database(database);
    std::ofstream(path(database)).close();  // an empty file is an empty database
  }
  void drop_database(const std::string& database) override {
    for (const auto* suffix : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(path(database) + suffix);
  }
  std::string url(const std::string& database) const override { return "sqlite:" + path(database); }
  Outcome run_script(const std::string& database, const std::string& sql) override {
    return run_shell("exec " + client_ + " " + shell_quote(path(database)), sql, folder_.path());
  }
  std::string shell_of(const std::string& database) override {
    return named_client("sqlite3", client_) + "DATABASE_FILE=" + shell_quote(path(database)) + "\n";
  }
  std::vector<Row> query(const std::string& database, const std::string& sql) override {
    // A connection that stayed open would hold its file when that is made afresh.
    return must(ask_apart(database, sql), sql);
  }
  std::vector<std::string> dump_schema(const std::string& database) override {
    std::vector<std::string> entries;
    for (const auto& row :
         query(database,
               "SELECT replace(replace(sql, char(10), ' '), char(9), ' ') FROM sqlite_master WHERE sql IS "
               "NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")) {
      entries.push_back(normalise_create(row[0]));
    }
    std::ranges::sort(entries);
    return entries;
  }

 private:
  std::string path(const std::string& database) const { return folder_.file(database + ".db"); }
  std::vector<Row> columns(const std::string& database) override {
    auto rows = query(database,
                      "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c WHERE m.type = "
                      "'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND m.name NOT LIKE 'forgelua\\_%' ESCAPE "
                      "'\\' ORDER BY 1, 2");
    for (auto& row : rows) row = {quote_name(row[0], '"'), quote_name(row[1], '"')};
    return rows;
  }
  std::string rows_query(const std::string& table, const std::vector<std::string>& columns) override {
    std::vector<std::string> shown;
    for (const auto& column : columns) shown.push_back("quote(" + column + ")");
    return "SELECT " + join(shown, ", ") + " FROM " + table + " ORDER BY " + ordinals(columns.size());
  }

  std::string client_;
  TemporaryFolder folder_;
};

}  // namespace

std::string Engine::target() const {
  const auto version = version_of(name_);
  return version.empty() ? name_ : name_ + ":" + version;
}

Session& Engine::session(const std::string& database) {
  auto& held = sessions_[database];
  // Tests end sessions and servers, too.
  if (held && !held->query("SELECT 1")) held.reset();
  if (!held) {
    auto opened = open_session(url(database), {.for_plan = true});
    if (!opened) throw std::runtime_error(opened.error().message);
    held = std::move(*opened);
  }
  return *held;
}

Result<std::vector<Row>> Engine::ask_apart(const std::string& database, const std::string& sql) const {
  FORGE_ASSIGN(const auto session, open_session(url(database), {.for_plan = true}));
  return rows_of(*session, sql);
}

std::vector<Row> Engine::ask(const std::string& database, const std::string& sql) {
  return must(rows_of(session(database), sql), sql);
}

Outcome Engine::write(const std::string& database, const std::string& sql) const {
  const auto done = ask_apart(database, sql);
  return done ? Outcome{0, "", ""} : Outcome{1, "", "ERROR: " + done.error().message};
}

std::map<std::string, std::string> Engine::dump_rows(const std::string& database) {
  std::map<std::string, std::vector<std::string>> tables;
  for (auto& row : columns(database)) tables[row[0]].push_back(row[1]);
  std::map<std::string, std::string> out;
  std::string all;
  for (const auto& [table, names] : tables) {
    all += "SELECT '----" + std::string(table.begin(), std::ranges::find(table, '\'')) + "';\n" +
           rows_query(table, names) + ";\n";
  }
  if (all.empty()) return out;
  std::string current;
  for (const auto& row : query(database, all)) {
    if (row.size() == 1 && row[0].starts_with("----")) {
      current = row[0].substr(4);
      out[current];
      continue;
    }
    out[current] += join(row, "|") + "\n";
  }
  return out;
}

std::unique_ptr<Engine> open_engine(const std::string& name) {
  if (name == "sqlite") {
    const auto client = environment("FORGELUA_TEST_SQLITE_CLIENT");
    return std::make_unique<Sqlite>(client.empty() ? "sqlite3" : client);
  }
  if (name == "postgres") {
    const auto psql = environment("FORGELUA_TEST_PSQL");
    if (psql.empty()) return nullptr;
    return std::make_unique<Postgres>(psql, environment("FORGELUA_TEST_PG_DUMP"));
  }
  const auto client = environment(name == "mysql" ? "FORGELUA_TEST_MYSQL_CLIENT" : "FORGELUA_TEST_MARIADB_CLIENT");
  if (client.empty()) return nullptr;
  return std::make_unique<MySql>(name, client);
}

}  // namespace forge::test
