#include "engine/exec/server_health.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "engine/db/sqlite_session.hpp"
#include "engine/emit/markdown.hpp"

namespace forge {
namespace {

namespace fs = std::filesystem;

// What an engine is asked: how large the database is; how many of others' statements and transactions are open for longer than
// kLongSeconds, and for how long the longest; how many sessions wait. Each gives one row.
struct Questions {
  std::string_view size, open_long, waiting;
};

constexpr Questions kPostgres{
    "SELECT pg_database_size(current_database())",
    "SELECT count(*), coalesce(max(extract(epoch FROM clock_timestamp() - coalesce(xact_start, query_start))), 0) FROM "
    "pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> "
    "'idle' AND "
    "coalesce(xact_start, query_start) < clock_timestamp() - interval '60 s'",
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"};

// The server's own list of transactions needs the right PROCESS; without it statements alone are seen, and of one's own user.
constexpr Questions kMySql{
    "SELECT COALESCE(SUM(DATA_LENGTH + INDEX_LENGTH), 0) FROM information_schema.TABLES WHERE TABLE_SCHEMA = "
    "DATABASE()",
    "SELECT COUNT(*), COALESCE(MAX(s), 0) FROM (SELECT TIMESTAMPDIFF(SECOND, trx_started, NOW()) AS s FROM "
    "information_schema.INNODB_TRX "
    "WHERE trx_mysql_thread_id <> CONNECTION_ID() UNION ALL SELECT TIME FROM information_schema.PROCESSLIST WHERE ID "
    "<> CONNECTION_ID() "
    "AND COMMAND NOT IN ('Sleep', 'Daemon') AND COMMAND NOT LIKE 'Binlog Dump%' AND USER NOT IN ('system user', "
    "'event_scheduler') AND "
    "ID NOT IN (SELECT trx_mysql_thread_id FROM information_schema.INNODB_TRX)) AS o WHERE s > 60",
    "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for %lock%' OR ID IN (SELECT "
    "trx_mysql_thread_id FROM "
    "information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT')"};

constexpr Questions kSqlite{"SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()", "", ""};

Questions questions_of(const std::string& engine) {
  if (engine == "postgres") return kPostgres;
  if (engine == "sqlite") return kSqlite;
  return engine == "mongodb" ? Questions{} : kMySql;
}

// The cells of the one row, as numbers; none where the engine is not asked, or does not answer.
std::vector<double> ask(Session& session, std::string_view question, const char* what, ServerHealth& health) {
  if (question.empty()) return {};
  const auto rows = session.query(std::string(question));
  if (!rows || rows->rows.empty()) {
    health.unknown.push_back(fmt::format("{}: {}", what, rows ? "no answer" : rows.error().message));
    return {};
  }
  std::vector<double> out;
  for (const auto& cell : rows->rows.front()) out.push_back(cell ? std::strtod(cell->c_str(), nullptr) : 0);
  return out;
}

std::string size_text(std::int64_t bytes) {
  double value = static_cast<double>(bytes);
  std::string_view unit = "B";
  for (const std::string_view next : {"kB", "MB", "GB", "TB"}) {
    if (value < 1024) break;
    value /= 1024;
    unit = next;
  }
  return fmt::format("{:.{}f} {}", value, unit == "B" || value >= 100 ? 0 : 1, unit);
}

}  // namespace

Result<ServerHealth> server_health(Session& session, const std::string& url) {
  ServerHealth out;
  const auto begin = std::chrono::steady_clock::now();
  if (session.engine() != "mongodb") FORGE_TRY(session.query("SELECT 1"));
  out.answer_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  const auto of = questions_of(session.engine());
  if (const auto size = ask(session, of.size, "size", out); !size.empty())
    out.bytes = static_cast<std::int64_t>(size[0]);
  if (const auto open = ask(session, of.open_long, "what is open", out); open.size() == 2) {
    out.open_long = static_cast<std::int64_t>(open[0]);
    out.longest_seconds = open[1];
  }
  if (const auto waiting = ask(session, of.waiting, "who waits", out); !waiting.empty())
    out.waiting = static_cast<std::int64_t>(waiting[0]);
  if (session.engine() == "sqlite") {
    std::error_code none;
    const auto space = fs::space(fs::absolute(sqlite_file(url)).parent_path(), none);
    if (!none) out.free_bytes = static_cast<std::int64_t>(space.available);
  }
  return out;
}

Json to_json(const ServerHealth& health) {
  Json json{{"answer_ms", health.answer_ms}};
  const auto put = [&](const char* name, const auto& value) {
    if (value) json[name] = *value;
  };
  put("bytes", health.bytes);
  put("free_bytes", health.free_bytes);
  put("open_long", health.open_long);
  put("longest_seconds", health.longest_seconds);
  put("waiting", health.waiting);
  if (!health.unknown.empty()) json["unknown"] = health.unknown;
  return json;
}

std::string ServerHealth::text() const {
  std::string out = fmt::format("answers in {:.1f} ms", answer_ms);
  if (bytes) out += "; " + size_text(*bytes);
  if (free_bytes) out += fmt::format(", {} free on its disk", size_text(*free_bytes));
  if (open_long) {
    out += fmt::format("; {} open for more than {} s",
                       *open_long == 0 ? "nothing" : number_text(static_cast<double>(*open_long)), kLongSeconds);
    if (*open_long > 0) out += fmt::format(", the longest for {:.0f} s", longest_seconds.value_or(0));
  }
  if (waiting) out += fmt::format("; {} for a lock", *waiting == 0 ? "nobody waits" : fmt::format("{} wait", *waiting));
  for (const auto& line : unknown) out += "; not known: " + line;
  return out;
}

}  // namespace forge
