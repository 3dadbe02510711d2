#include "engine/emit/client.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace forge {
namespace {

std::string doubled(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  return out + quote;
}

constexpr std::string_view kPostgresSettings = R"(\set ON_ERROR_STOP on
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SET search_path = public;
SET statement_timeout = 0;
-- A statement that cannot have its lock within two seconds gives up: what queues behind it would wait as long.
SET lock_timeout = '2s';
)";

constexpr std::string_view kMysqlSettings = R"(SET NAMES utf8mb4;
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
SET SESSION time_zone = '+00:00';
SET SESSION foreign_key_checks = 1;
SET SESSION unique_checks = 1;
-- A statement that cannot have its metadata lock within five seconds gives up (the server's default is a day or a year).
SET SESSION lock_wait_timeout = 5;
SET SESSION innodb_lock_wait_timeout = 50;
)";

constexpr std::string_view kSqliteSettings = R"(.bail on
.timeout 5000
-- A name that is not there is an error: SQLite would take it in double quotes for a text, and write that into rows.
.dbconfig dqs_dml off
-- Off while tables are rebuilt, as dropping a table would otherwise delete its children; checked by validation.sql.
PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = OFF;
)";

// psql reads backslash sequences inside single quotes of its own commands.
std::string psql_argument(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += c;
    out += c;
  }
  return out + "'";
}

std::string sqlite_argument(std::string text) {
  for (char& c : text) {
    if (c == '\'') c = '"';
  }
  return "'" + text + "'";
}

std::string joined(const Client& client, const std::vector<QName>& tables, std::string_view before) {
  std::string out;
  for (const auto& table : tables) {
    const std::string name = client.mysql() ? table.name : doubled(display(table), '\'');
    out += fmt::format("{}{}", before, name);
  }
  return out;
}

}  // namespace

Result<Client> client_of(const Plan& plan) {
  const std::string& family = plan.family.empty() ? plan.engine : plan.family;
  if (family == "postgres") return Client{Client::Family::postgres, "psql"};
  if (family == "mysql") return Client{Client::Family::mysql, "mysql"};
  if (family == "mariadb") return Client{Client::Family::mysql, "mariadb"};
  if (family == "sqlite") return Client{Client::Family::sqlite, "sqlite3"};
  if (family == "mongodb") return Client{Client::Family::mongodb, "tsx"};
  return fail(ErrorCode::spec, fmt::format("no scripts can be written for the engine '{}'", family),
              "choose one of postgres, mysql, mariadb, sqlite, mongodb");
}

std::string script_file(const Client& client, std::string_view base) {
  return std::string(base) + (client.mongodb() ? ".ts" : ".sql");
}

std::string sql_ident(const Client& client, std::string_view name) { return doubled(name, client.mysql() ? '`' : '"'); }

std::string sql_name(const Client& client, const QName& name) {
  const std::string own = sql_ident(client, name.name);
  return name.schema.empty() ? own : sql_ident(client, name.schema) + "." + own;
}

std::string sql_literal(const Client& client, std::string_view text) {
  if (!client.mysql()) return doubled(text, '\'');
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') escaped += c;
    escaped += c;
  }
  return doubled(escaped, '\'');
}

std::string sql_same(const Client& client, std::string_view a, std::string_view b) {
  const std::string_view same = client.postgres() ? "IS NOT DISTINCT FROM" : client.mysql() ? "<=>" : "IS";
  return fmt::format("{} {} {}", a, same, b);
}

std::string sql_text(const Client& client, std::string_view expression) {
  return fmt::format("CAST({} AS {})", expression, client.mysql() ? "CHAR" : "text");
}

std::string one_line(std::string_view text) {
  // Almost every text is plain; C2 begins the controls beyond ASCII.
  const bool plain = std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7F || c == 0xC2; });
  if (plain) return std::string(text);
  std::string flat(text);
  for (char& c : flat) {
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
  }
  return escape_control(flat);
}

std::string sql_comment(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string line = one_line(text.substr(0, end));
    out += line.empty() ? "--\n" : "-- " + line + "\n";
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

std::string session_settings(const Client& client) {
  if (client.mongodb()) return "";
  if (client.postgres()) return std::string(kPostgresSettings);
  return std::string(client.mysql() ? kMysqlSettings : kSqliteSettings);
}

std::vector<std::string> session_statements(const Client& client) {
  std::vector<std::string> out;
  const std::string text = session_settings(client);
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    const std::string_view line = std::string_view(text).substr(at, end - at);
    at = end + 1;
    if (line.ends_with(';') && !line.starts_with("--")) out.emplace_back(line.substr(0, line.size() - 1));
  }
  return out;
}

std::string say(const Client& client, std::string_view text) {
  const std::string line = one_line(text);
  if (client.postgres()) return "\\echo " + psql_argument(line) + "\n";
  if (client.sqlite()) return ".print " + sqlite_argument(line) + "\n";
  return fmt::format("SELECT {} AS `forgelua`;\n", sql_literal(client, line));
}

std::string run_command(const Client& client, std::string_view file) {
  if (client.postgres()) return fmt::format("psql -X -d \"$DATABASE_URL\" -f {}", file);
  if (client.sqlite()) return fmt::format("sqlite3 \"$DATABASE_FILE\" < {}", file);
  if (client.mongodb()) return fmt::format("npx tsx {}", file);
  return fmt::format("{} --host=\"$DB_HOST\" --user=\"$DB_USER\" -p \"$DB_NAME\" < {}", client.program, file);
}

std::string backup_command(const Client& client, std::string_view id, const std::vector<QName>& tables) {
  if (client.postgres()) {
    return fmt::format("pg_dump -Fc -d \"$DATABASE_URL\"{} -f backups/pre_migration_{}.dump",
                       joined(client, tables, " -t "), id);
  }
  if (client.sqlite()) {
    return fmt::format("sqlite3 \"$DATABASE_FILE\" \".backup 'backups/pre_migration_{}.db'\"", id);
  }
  if (client.mongodb()) {
    // mongodump takes one collection at a time, so that it is the whole database.
    return fmt::format("mongodump --uri=\"$MONGODB_URL\" --gzip --archive=backups/pre_migration_{}.archive.gz", id);
  }
  return fmt::format(
      "{} --single-transaction --routines --triggers --events --host=\"$DB_HOST\" --user=\"$DB_USER\" -p "
      "\"$DB_NAME\"{} > backups/pre_migration_{}.sql",
      client.program == "mariadb" ? "mariadb-dump" : "mysqldump", joined(client, tables, " "), id);
}

std::string restore_command(const Client& client, std::string_view id) {
  if (client.postgres()) {
    return fmt::format("pg_restore --clean --if-exists -d \"$RESTORE_URL\" backups/pre_migration_{}.dump", id);
  }
  if (client.sqlite()) {
    return fmt::format("sqlite3 \"$RESTORE_FILE\" \".restore 'backups/pre_migration_{}.db'\"", id);
  }
  if (client.mongodb()) {
    return fmt::format(
        "mongorestore --uri=\"$RESTORE_URL\" --drop --gzip --archive=backups/pre_migration_{}.archive.gz", id);
  }
  return fmt::format(
      "{} --host=\"$DB_HOST\" --user=\"$DB_USER\" -p \"$RESTORE_DB\" < "
      "backups/pre_migration_{}.sql",
      client.program, id);
}

}  // namespace forge
