#include "engine/exec/backup.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "engine/base/files.hpp"
#include "engine/db/session.hpp"
#include "engine/db/sqlite_session.hpp"
#include "engine/db/url.hpp"
#include "engine/exec/backup_mongodb.hpp"
#include "engine/exec/connection.hpp"
#include "engine/exec/tool.hpp"

namespace forge {
namespace fs = std::filesystem;
namespace {

// PostgreSQL. The password goes by the environment, and a remote server proves who it is as it does to ourselves.
struct Postgres {
  std::string url;
  std::map<std::string, std::string> environment;
};

Postgres postgres_of(const std::string& url) {
  const auto parts = url_parts(url);
  Postgres out;
  std::string password = parts.password, query;
  for (const auto& [name, value] : parts.parameters) {
    if (name == "password") {
      password = value;
    } else {
      query += (query.empty() ? "?" : "&") + name + "=" + percent_encoded(value);
    }
  }
  const auto at = url.find("://") + 3;
  auto rest = url.substr(at, url.find('?') == std::string::npos ? std::string::npos : url.find('?') - at);
  if (const auto host = rest.rfind('@'); host != std::string::npos) rest.erase(0, host + 1);
  out.url = "postgresql://" + (parts.user.empty() ? "" : percent_encoded(parts.user) + "@") + rest + query;
  if (!password.empty()) out.environment["PGPASSWORD"] = password;
  return out;
}

Tool postgres_tool(const Postgres& postgres, const std::string& path, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {path, "--dbname=" + postgres.url});
  return {std::move(arguments), postgres.environment};
}

// MySQL, MariaDB: how to connect stands in a file of options.
std::string option(const std::string& name, const std::string& value) {
  if (value.empty()) return "";
  std::string quoted;
  for (const char c : value) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return fmt::format("{}=\"{}\"\n", name, quoted);
}

std::string mysql_options(const std::string& url) {
  const auto parts = url_parts(url);
  std::string mode, out = "[client]\n" + option("user", parts.user) + option("password", parts.password) +
                          option("host", parts.host) + option("port", parts.port);
  bool local = parts.host.empty() || parts.host == "localhost" || parts.host == "::1" || parts.host.starts_with("127.");
  for (auto [name, value] : parts.parameters) {
    std::ranges::replace(name, '_', '-');
    if (name == "socket") {
      out += option("socket", value);
      local = true;
    } else if (name == "ssl-ca" || name == "ssl-cert" || name == "ssl-key") {
      out += option(name, value);
    } else if (name == "sslmode" || name == "ssl-mode") {
      mode = value;
    }
  }
  std::ranges::transform(mode, mode.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (local && mode.empty()) return out;
  if (mode.starts_with("disable")) return out + "loose-ssl-mode=DISABLED\nloose-skip-ssl\n";
  if (mode.empty() || mode.starts_with("verify"))
    return out + "loose-ssl-mode=VERIFY_IDENTITY\nloose-ssl-verify-server-cert\n";
  return out + "loose-ssl-mode=REQUIRED\nloose-ssl\n";
}

Result<void> dump(const std::string& engine, const std::string& url, const std::string& file) {
  if (engine == "sqlite") return copy_sqlite(sqlite_file(url), file);
  if (engine == "mongodb") return dump_mongodb(url, file);
  if (engine == "postgres") {
    FORGE_ASSIGN(const auto tool, program({"pg_dump"}));
    return run_tools({postgres_tool(postgres_of(url), tool, {"--format=custom"})}, "", file, url);
  }
  FORGE_ASSIGN(const auto tool, program(engine == "mysql" ? std::vector<std::string>{"mysqldump", "mariadb-dump"}
                                                          : std::vector<std::string>{"mariadb-dump", "mysqldump"}));
  FORGE_ASSIGN(const auto gzip, program({"gzip"}));
  FORGE_ASSIGN(const auto options, SecretFile::with(mysql_options(url)));
  return run_tools(
      {{{tool, "--defaults-extra-file=" + options.path(), "--single-transaction", "--quick", "--routines", "--triggers",
         "--events", "--hex-blob", "--default-character-set=utf8mb4", "--loose-set-gtid-purged=OFF",
         "--loose-no-tablespaces", "--loose-column-statistics=0", url_parts(url).database},
        {}},
       {{gzip, "-c"}, {}}},
      "", file, url);
}

// A backup that cannot be read is none.
Result<void> check(const std::string& engine, const std::string& file) {
  if (engine == "sqlite") {
    FORGE_ASSIGN(const auto session, open_sqlite("sqlite:" + file));
    FORGE_ASSIGN(const auto rows, session->query("PRAGMA quick_check"));
    if (rows.rows.size() == 1 && rows.rows.front().front().value_or("") == "ok") return {};
    return fail(ErrorCode::database, fmt::format("'{}' is damaged: PRAGMA quick_check says so", file));
  }
  if (engine == "mongodb") return check_mongodb(file);
  if (engine == "postgres") {
    FORGE_ASSIGN(const auto tool, program({"pg_restore"}));
    return run_tools({{{tool, "--file=/dev/null", file}, {}}}, "", "", "");
  }
  const ScratchFile end;
  FORGE_ASSIGN(const auto gzip, program({"gzip"}));
  FORGE_TRY(run_tools({{{gzip, "-dc", file}, {}}, {{"tail", "-c", "200"}, {}}}, "", end.path(), ""));
  FORGE_ASSIGN(const auto text, read_file(end.path()));
  if (text.find("-- Dump completed") != std::string::npos) return {};
  return fail(ErrorCode::database, fmt::format("'{}' is not whole: its last line is missing", file));
}

std::string quoted(const std::string& name, char quote) {
  std::string out(1, quote);
  for (const char c : name) {
    if (c == quote) out += quote;
    out += c;
  }
  return out + quote;
}

Result<std::vector<std::string>> column(Session& session, const std::string& sql) {
  FORGE_ASSIGN(const auto rows, session.query(sql));
  std::vector<std::string> out;
  out.reserve(rows.rows.size());
  for (const auto& row : rows.rows) out.push_back(row.front().value_or(""));
  return out;
}

constexpr std::string_view kSchemas =
    "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' ORDER BY 1";

Result<bool> is_empty(Session& session) {
  if (session.engine() == "mongodb") return mongodb_is_empty(session);
  const std::string sql =
      session.engine() == "postgres"
          ? "SELECT c.oid::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname NOT LIKE "
            "'pg\\_%' AND n.nspname <> 'information_schema' LIMIT 1"
      : session.engine() == "sqlite"
          ? "SELECT name FROM sqlite_master LIMIT 1"
          : "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() LIMIT 1";
  FORGE_ASSIGN(const auto found, column(session, sql));
  return found.empty();
}

// The schema that every new database has, as it has it: what a backup holds of it is what differs from this.
std::string new_public(const std::string& version) {
  const bool owned = std::strtol(version.c_str(), nullptr, 10) >= 15;
  return std::string("CREATE SCHEMA public; COMMENT ON SCHEMA public IS 'standard public schema'; GRANT USAGE") +
         (owned ? "" : ", CREATE") + " ON SCHEMA public TO PUBLIC" +
         (owned ? "; ALTER SCHEMA public OWNER TO pg_database_owner" : "");
}

// One transaction takes away what is there and brings in what was.
Result<void> restore_postgres(const std::string& url, const std::string& file, Session& session) {
  FORGE_ASSIGN(const auto schemas, column(session, std::string(kSchemas)));
  std::string drops;
  for (const auto& name : schemas) drops += "DROP SCHEMA " + quoted(name, '"') + " CASCADE; ";
  FORGE_ASSIGN(const auto restore, program({"pg_restore"}));
  FORGE_ASSIGN(const auto psql, program({"psql"}));
  return run_tools(
      {{{restore, "--file=-", file}, {}},
       postgres_tool(postgres_of(url), psql,
                     {"--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null",
                      "--command=" + drops + new_public(session.version()), "--file=-"})},
      "", "", url);
}

// All that can be missing is looked for before anything goes.
Result<void> restore_mysql(const std::string& engine, const std::string& url, const std::string& file,
                           Session& session) {
  FORGE_ASSIGN(const auto client, program(engine == "mysql" ? std::vector<std::string>{"mysql", "mariadb"}
                                                            : std::vector<std::string>{"mariadb", "mysql"}));
  FORGE_ASSIGN(const auto gzip, program({"gzip"}));
  FORGE_ASSIGN(const auto options, SecretFile::with(mysql_options(url)));
  FORGE_ASSIGN(const auto made, session.query("SELECT DATABASE(), @@character_set_database, @@collation_database"));
  const auto& row = made.rows.at(0);
  const auto name = quoted(row[0].value_or(""), '`');
  FORGE_TRY(session.query("DROP DATABASE " + name));
  FORGE_TRY(session.query(fmt::format("CREATE DATABASE {} CHARACTER SET {} COLLATE {}", name,
                                      row[1].value_or("utf8mb4"), row[2].value_or("utf8mb4_bin"))));
  return run_tools(
      {{{gzip, "-dc", file}, {}},
       {{client, "--defaults-extra-file=" + options.path(), "--default-character-set=utf8mb4", url_parts(url).database},
        {}}},
      "", "", url);
}

}  // namespace

std::string backup_ending(const std::string& engine) {
  return engine == "postgres" ? ".dump" : engine == "sqlite" ? ".db" : engine == "mongodb" ? ".archive.gz" : ".sql.gz";
}

Result<void> take_backup(const std::string& url, const fs::path& file) {
  const auto engine = engine_of_url(url);
  std::error_code code;
  if (file.has_parent_path()) fs::create_directories(file.parent_path(), code);
  const auto part = file.string() + ".part";
  auto done = dump(engine, url, part);
  if (done) done = check(engine, part);
  if (done) fs::rename(part, file, code);
  if (done && !code) return {};
  std::error_code ignored;
  fs::remove(part, ignored);
  return done ? io_error("write", file, code) : done;
}

Result<void> keep_newest(const fs::path& folder, const std::string& begin, int keep) {
  std::vector<std::pair<fs::file_time_type, fs::path>> found;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(folder, code)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with(begin) && !name.ends_with(".part"))
      found.emplace_back(entry.last_write_time(code), entry.path());
  }
  std::ranges::sort(found, std::greater<>());
  for (auto i = static_cast<std::size_t>(keep); keep > 0 && i < found.size(); ++i) {
    if (!fs::remove(found[i].second, code)) return io_error("remove", found[i].second, code);
  }
  return {};
}

Result<void> restore_backup(const std::string& url, const fs::path& file, bool replace) {
  std::error_code code;
  if (!fs::is_regular_file(file, code)) return fail(ErrorCode::io, fmt::format("no backup '{}'", file.string()));
  const auto engine = engine_of_url(url);
  FORGE_TRY(check(engine, file.string()));
  FORGE_ASSIGN(auto session, connect_for_journal(url));
  FORGE_ASSIGN(const bool empty, is_empty(*session));
  if (!empty && !replace) {
    return fail(ErrorCode::refused, fmt::format("the database {} is not empty", redacted(url)),
                "restore into an empty one, or give --replace to take away all that is in it first");
  }
  if (engine == "postgres") return restore_postgres(url, file.string(), *session);
  if (engine == "mongodb") return restore_mongodb(url, file.string(), *session);
  if (engine != "sqlite") return restore_mysql(engine, url, file.string(), *session);
  session.reset();
  return copy_sqlite(file.string(), sqlite_file(url));
}

}  // namespace forge
