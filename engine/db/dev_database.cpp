#include "engine/db/dev_database.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <ctime>

#include "engine/base/files.hpp"
#include "engine/db/url.hpp"
#include "engine/model/json.hpp"

namespace forge {
namespace {

constexpr std::string_view kPrefix = "forgelua_dev_";
constexpr std::time_t kStale = 3600;

// Words that make and drop a database, by engine. Names are ours and need no quotes.
std::string create_sql(const DevSource& source, const std::string& name) {
  if (source.engine == "postgres")
    return fmt::format("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'", name);
  if (!source.collation.empty()) return fmt::format("CREATE DATABASE {} COLLATE {}", name, source.collation);
  return fmt::format("CREATE DATABASE {} CHARACTER SET utf8mb4", name);
}

std::string drop_sql(const Session& session, const std::string& name) {
  const bool force = session.engine() == "postgres" && session.version() != "12";
  return fmt::format("DROP DATABASE IF EXISTS {}{}", name, force ? " WITH (FORCE)" : "");
}

// A database of MongoDB comes with the first collection that is made in it, and is dropped by a session on itself.
void drop_mongodb(const std::string& server_url, const std::string& name) {
  const auto session = open_session(with_database(server_url, name), {.for_plan = true});
  if (session) (void)(*session)->query(R"({"dropDatabase": 1})");
}

// Unique on the server: the time, the process, and a count within it.
std::string fresh_name() {
  static std::atomic<int> count{0};
  return fmt::format("{}{}_{}_{}", kPrefix, std::time(nullptr), getpid(), ++count);
}

// Whether it is the name of a database of ours, of a use that is over.
bool is_stale(const std::string& name) {
  if (!name.starts_with(kPrefix) || name.find_first_not_of("0123456789_", kPrefix.size()) != std::string::npos)
    return false;
  return std::strtoll(name.c_str() + kPrefix.size(), nullptr, 10) + kStale < std::time(nullptr);
}

void drop_stale_mongodb(const std::string& url) {
  const auto session = open_session(with_database(url, "admin"), {});
  if (!session) return;
  const auto list =
      (*session)->query(R"({"forgelua": "documents", "command": {"listDatabases": 1, "nameOnly": true}})");
  if (!list || list->rows.empty()) return;
  const Json reply = Json::parse(list->rows.front().front().value_or(""), nullptr, false);
  const Json databases = reply.is_object() ? reply.value("databases", Json()) : Json();
  for (const auto& one : databases.is_array() ? databases : Json::array()) {
    const Json name = one.is_object() ? one.value("name", Json()) : Json();
    if (name.is_string() && is_stale(name.get<std::string>())) drop_mongodb(url, name.get<std::string>());
  }
}

// Databases of uses that were killed before they could drop theirs.
void drop_stale(Session& session) {
  const bool postgres = session.engine() == "postgres";
  const auto list = session.query(postgres ? "SELECT datname::text FROM pg_catalog.pg_database"
                                           : "SELECT schema_name FROM information_schema.schemata");
  if (!list) return;
  for (const auto& row : list->rows) {
    const auto name = row[0].value_or("");
    if (is_stale(name)) (void)session.query(fmt::format("DROP DATABASE IF EXISTS {}", name));
  }
}

Result<std::unique_ptr<ServerKind>> server_kind(const DevSource& source) {
  if (source.engine == "postgres") return postgres_server(source.version);
  if (source.engine == "mysql") return mysql_server();
  if (source.engine == "mariadb") return mariadb_server();
  return fail(ErrorCode::database, fmt::format("no throw-away server of {} can be started", source.engine),
              "give a server for development: --dev-url");
}

}  // namespace

Result<std::unique_ptr<DevDatabase>> DevDatabase::in_a_file() {
  std::error_code code;
  std::string pattern = (std::filesystem::temp_directory_path(code) / "forgelua-dev-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) return io_error("make the folder", pattern, last_error());
  const auto file = std::filesystem::path(pattern) / "dev.db";
  std::unique_ptr<DevDatabase> out(new DevDatabase(std::nullopt, "sqlite:" + file.string(), ""));
  out->folder_ = pattern;
  FORGE_TRY(write_new_file(file, ""));
  FORGE_ASSIGN(out->session_, open_session(out->url(), {.for_plan = true}));
  return out;
}

Result<std::unique_ptr<DevDatabase>> DevDatabase::beside(const std::string& url) {
  drop_stale_mongodb(url);
  std::unique_ptr<DevDatabase> out(new DevDatabase(std::nullopt, url, fresh_name()));
  FORGE_ASSIGN(out->session_, open_session(out->url(), {.for_plan = true}));
  return out;
}

Result<std::unique_ptr<DevDatabase>> DevDatabase::create(const DevSource& source) {
  if (source.engine == "sqlite") return in_a_file();
  std::optional<DevServer> server;
  FORGE_ASSIGN(std::string url, resolve_url(source.url));
  if (!url.empty() && engine_of_url(url) != source.engine) {
    return fail(ErrorCode::usage, fmt::format("--dev-url is no database of {}", source.engine));
  }
  if (url.empty()) {
    FORGE_ASSIGN(const auto kind, server_kind(source));
    FORGE_ASSIGN(auto acquired, DevServer::acquire(*kind));
    url = acquired.url();
    server.emplace(std::move(acquired));
  }
  if (source.engine == "mongodb") return beside(url);
  FORGE_ASSIGN(const auto administrator, open_session(url, {}));
  if (!server) drop_stale(*administrator);
  const auto name = fresh_name();
  auto made = administrator->query(create_sql(source, name));
  if (!made) {
    made.error().hint = "the user of --dev-url must be allowed to create databases";
    return fail(std::move(made).error());
  }
  std::unique_ptr<DevDatabase> out(new DevDatabase(std::move(server), url, name));
  FORGE_ASSIGN(out->session_, open_session(with_database(url, name), {}));
  return out;
}

DevDatabase::~DevDatabase() {
  std::vector<std::string> undo;
  if (session_) undo = session_->undo_outside();
  session_.reset();
  if (!folder_.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
    return;
  }
  if (engine_of_url(server_url_) == "mongodb") {
    drop_mongodb(server_url_, name_);
    return;
  }
  const auto administrator = open_session(server_url_, {});
  if (!administrator) return;
  (void)(*administrator)->query(drop_sql(**administrator, name_));
  for (const auto& sql : undo) (void)(*administrator)->query(sql);
}

Result<void> DevDatabase::load(std::string_view sql, const std::string& file) {
  return session_->run_script(sql, file);
}

std::string DevDatabase::url() const { return folder_.empty() ? with_database(server_url_, name_) : server_url_; }

Result<std::unique_ptr<Session>> DevDatabase::reader() const {
  SessionOptions options;
  options.read_only = true;
  return open_session(url(), options);
}

}  // namespace forge
