#include "engine/exec/pace.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "engine/db/url.hpp"
#include "engine/exec/mongodb_text.hpp"

namespace forge {
namespace {

long number(const std::optional<std::string>& cell) { return cell ? std::strtol(cell->c_str(), nullptr, 10) : 0; }

// What a replica says of itself. A PostgreSQL one that has played all that it received is not behind, however long ago that was.
constexpr std::string_view kPostgresReplica =
    "SELECT CASE WHEN NOT pg_is_in_recovery() THEN NULL WHEN NOT EXISTS (SELECT 1 FROM pg_stat_wal_receiver WHERE "
    "status "
    "= 'streaming') THEN NULL WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0 ELSE extract(epoch FROM "
    "clock_timestamp() - pg_last_xact_replay_timestamp()) END";
// What the server says of those that stream from it; one that holds a slot and does not stream is not known.
constexpr std::string_view kPostgresAll =
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM pg_replication_slots WHERE slot_type = 'physical' AND NOT active) THEN "
    "NULL "
    "ELSE (SELECT coalesce(max(extract(epoch FROM coalesce(replay_lag, interval '0'))), 0) FROM pg_stat_replication) "
    "END";
constexpr std::string_view kPostgresThreads =
    "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND backend_type = 'client backend' AND pid <> "
    "pg_backend_pid()";

}  // namespace

Result<PaceRow> read_pace(Session& session, const OwnTables& tables) {
  if (session.engine() == "mongodb") {
    FORGE_ASSIGN(const auto found, mongodb_documents(session, {{"find", tables.pace}, {"filter", {{"_id", 1}}}}));
    if (found.empty()) return PaceRow{};
    const auto& one = found.front();
    return PaceRow{mongodb_number(one, "paused") != 0, mongodb_number(one, "target_ms"),
                   mongodb_number(one, "pause_ms"), mongodb_number(one, "most_rows")};
  }
  FORGE_ASSIGN(const auto rows,
               session.query(fmt::format("SELECT paused, target_ms, pause_ms, most_rows FROM {}", tables.pace)));
  if (rows.rows.empty()) return PaceRow{};
  const auto& row = rows.rows.front();
  return PaceRow{number(row.at(0)) != 0, number(row.at(1)), number(row.at(2)), number(row.at(3))};
}

Result<void> write_pace(Session& session, const OwnTables& tables, const PaceRow& row) {
  if (session.engine() == "mongodb") {
    FORGE_TRY(mongodb_change(session, tables.pace, {{"_id", 1}},
                             {{"paused", row.paused ? 1 : 0},
                              {"target_ms", row.target_ms},
                              {"pause_ms", row.pause_ms},
                              {"most_rows", row.most_rows}}));
    return {};
  }
  FORGE_TRY(session.query(fmt::format("UPDATE {} SET paused = {}, target_ms = {}, pause_ms = {}, most_rows = {}",
                                      tables.pace, row.paused ? 1 : 0, row.target_ms, row.pause_ms, row.most_rows)));
  return {};
}

// The first value of the first row against a bound.
std::string Pace::value_above(Session& session, const std::string& sql, double most, const std::string& what) {
  const auto rows = session.query(sql);
  if (!rows) return fmt::format("{}: {}", what, rows.error().message);
  if (rows->rows.empty() || rows->rows.front().empty() || !rows->rows.front().front())
    return what + " is not to be had";
  const auto& text = *rows->rows.front().front();
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || *end != '\0') return fmt::format("{} is no number: '{}'", what, text);
  return value > most ? fmt::format("{} is {}, above {}", what, text, most) : "";
}

std::string Pace::lag_of(const std::string& url) {
  const auto what = "the lag of " + redacted(url);
  auto& session = replicas_[url];
  if (!session) {
    auto opened = open_session(url, SessionOptions{.for_plan = true});
    if (!opened) return fmt::format("{}: {}", what, opened.error().message);
    session = std::move(*opened);
  }
  std::string found;
  if (client_.postgres()) {
    found = value_above(*session, std::string(kPostgresReplica), limits_.replica_lag_seconds, what);
  } else {
    auto rows = session->query("SHOW REPLICA STATUS");
    if (!rows) rows = session->query("SHOW SLAVE STATUS");
    found = what + " is not to be had";
    for (std::size_t i = 0; rows && !rows->rows.empty() && i < rows->columns.size(); ++i) {
      if (!rows->columns[i].starts_with("Seconds_Behind_")) continue;
      const auto& cell = rows->rows.front()[i];
      if (cell)
        found = std::strtod(cell->c_str(), nullptr) > limits_.replica_lag_seconds
                    ? fmt::format("{} is {} s, above {}", what, *cell, limits_.replica_lag_seconds)
                    : "";
    }
  }
  if (!found.empty() && session->failure() == Failure::gone) session.reset();
  return found;
}

std::string Pace::lag() {
  if (limits_.replica_lag_seconds <= 0) return "";
  if (client_.mongodb()) return "the lag of replicas is not asked of MongoDB: say it by throttle.query";
  if (limits_.replicas.empty()) {
    if (!client_.postgres()) return "the lag of replicas is not to be had: throttle.replicas names none";
    return value_above(session_, std::string(kPostgresAll), limits_.replica_lag_seconds,
                       "the lag of a replica in seconds");
  }
  for (const auto& url : limits_.replicas) {
    if (auto found = lag_of(url); !found.empty()) return found;
  }
  return "";
}

std::string Pace::too_high(double commit_ms) {
  if (auto found = lag(); !found.empty()) return found;
  if (limits_.threads_running > 0) {
    if (client_.sqlite()) return "how many statements run is not to be had of SQLite";
    if (client_.mongodb()) return "how many statements run is not asked of MongoDB: say it by throttle.query";
    const auto sql = client_.postgres() ? std::string(kPostgresThreads)
                                        : std::string(
                                              "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE COMMAND "
                                              "NOT IN ('Sleep', 'Daemon') AND COMMAND NOT LIKE 'Binlog Dump%' AND "
                                              "ID <> CONNECTION_ID() AND USER <> 'system user'");
    auto found =
        value_above(session_, sql, static_cast<double>(limits_.threads_running), "the count of running statements");
    if (!found.empty()) return found;
  }
  if (limits_.commit_latency_ms > 0 && client_.mongodb())
    return "how long a COMMIT takes is not asked of MongoDB: say it by throttle.query";
  if (limits_.commit_latency_ms > 0 && commit_ms > limits_.commit_latency_ms)
    return fmt::format("the last COMMIT took {:.0f} ms, above {}", commit_ms, limits_.commit_latency_ms);
  return limits_.query.empty() ? "" : value_above(session_, limits_.query, 0, "throttle.query");
}

}  // namespace forge
