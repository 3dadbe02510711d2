#include "engine/exec/tables.hpp"

#include <fmt/format.h>

namespace forge {
namespace {

// The kinds of columns, as each engine calls them.
struct Words {
  std::string counter, text, key, number, instant, behind;
};

Words words_of(const Client& client) {
  if (client.postgres())
    return {"bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "text", "text", "bigint", "timestamptz", ""};
  if (client.sqlite()) return {"INTEGER PRIMARY KEY AUTOINCREMENT", "TEXT", "TEXT", "INTEGER", "TEXT", ""};
  return {"bigint NOT NULL AUTO_INCREMENT PRIMARY KEY",
          "text",
          "varchar(190)",
          "bigint",
          "datetime(3)",
          " ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"};
}

}  // namespace

OwnTables::OwnTables(const Client& client) : client_(client) {
  if (client.mongodb()) {
    // forgelua_steps is what the scripts of a package remember by.
    migrations = "forgelua_schema_migrations";
    steps = "forgelua_journal";
    runner = "forgelua_runner";
    pace = "forgelua_pace";
    exist =
        R"({"forgelua":"has","command":{"listCollections":1,"filter":{"name":"forgelua_pace"}},"where":{"name":"forgelua_pace"}})";
    return;
  }
  const std::string prefix = client.postgres() ? "forgelua." : "forgelua_";
  migrations = prefix + "schema_migrations";
  steps = prefix + "steps";
  runner = prefix + "runner";
  pace = prefix + "pace";
  const auto w = words_of(client);
  if (client.postgres()) create.emplace_back("CREATE SCHEMA IF NOT EXISTS forgelua");
  create.push_back(fmt::format(
      "CREATE TABLE IF NOT EXISTS {} (id {}, version {} NOT NULL UNIQUE, description {} NOT NULL, applied_at {}, "
      "applied_by {} "
      "NOT NULL, execution_time_ms {} NOT NULL DEFAULT 0, rolled_back_at {}, checksum {} NOT NULL, state {} NOT "
      "NULL){}",
      migrations, w.counter, w.key, w.text, w.instant, w.text, w.number, w.instant, w.key, w.key, w.behind));
  create.push_back(fmt::format(
      "CREATE TABLE IF NOT EXISTS {} (version {} NOT NULL, number {} NOT NULL, step {} NOT NULL, phase {} NOT NULL, "
      "state {} NOT "
      "NULL, position {} NOT NULL DEFAULT 0, print {}, attempts {} NOT NULL DEFAULT 0, started_at {}, finished_at {}, "
      "PRIMARY KEY "
      "(version, number)){}",
      steps, w.key, w.number, w.text, w.key, w.key, w.number, w.text, w.number, w.instant, w.instant, w.behind));
  create.push_back(
      fmt::format("CREATE TABLE IF NOT EXISTS {} (one {} NOT NULL PRIMARY KEY, epoch {} NOT NULL, holder {} NOT NULL, "
                  "lease_until {}){}",
                  runner, w.number, w.number, w.text, w.number, w.behind));
  create.push_back(fmt::format(
      "CREATE TABLE IF NOT EXISTS {} (one {} NOT NULL PRIMARY KEY, paused {} NOT NULL, target_ms {} NOT NULL, pause_ms "
      "{} NOT NULL, most_rows {} NOT NULL){}",
      pace, w.number, w.number, w.number, w.number, w.number, w.behind));
  share = client.postgres() ? " FOR SHARE" : client.mysql() ? " LOCK IN SHARE MODE" : "";
  if (client.postgres()) {
    exist = "SELECT CASE WHEN to_regclass('forgelua.pace') IS NULL THEN '0' ELSE '1' END";
    now = "clock_timestamp()";
  } else if (client.mysql()) {
    exist =
        "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = "
        "'forgelua_pace'";
    now = "UTC_TIMESTAMP(3)";
  } else {
    exist = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'forgelua_pace'";
    now = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";
  }
}

std::string OwnTables::seconds_since(const std::string& column) const {
  if (client_.postgres()) return fmt::format("floor(extract(epoch FROM clock_timestamp() - {}))::bigint", column);
  if (client_.mysql()) return fmt::format("TIMESTAMPDIFF(SECOND, {}, UTC_TIMESTAMP(3))", column);
  return fmt::format("CAST((julianday('now') - julianday({})) * 86400 AS INTEGER)", column);
}

std::string OwnTables::as_text(const std::string& column) const {
  if (client_.postgres())
    return fmt::format("to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')", column);
  if (client_.mysql()) return fmt::format("DATE_FORMAT({}, '%Y-%m-%dT%H:%i:%sZ')", column);
  return fmt::format("strftime('%Y-%m-%dT%H:%M:%SZ', {})", column);
}

}  // namespace forge
