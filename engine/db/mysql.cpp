#include "engine/db/mysql.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include "engine/db/mysql_client.hpp"
#include "engine/db/mysql_grants.hpp"
#include "engine/db/mysql_settings.hpp"
#include "engine/db/text_place.hpp"
#include "engine/db/url.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {
namespace {

constexpr unsigned kDefaultPort = 3306;

struct Close {
  void operator()(MYSQL* connection) const { libmariadb().mysql_close(connection); }
};
using Connection = std::unique_ptr<MYSQL, Close>;
struct Free {
  void operator()(MYSQL_RES* result) const { libmariadb().mysql_free_result(result); }
};
using Answer = std::unique_ptr<MYSQL_RES, Free>;

const char* product_name(const std::string& engine) { return engine == "mariadb" ? "MariaDB" : "MySQL"; }

bool is_local(const std::string& host) {
  return host.empty() || host == "localhost" || host == "::1" || host.starts_with("127.");
}

Error scrubbed(Error error, const std::string& url) {
  error.message = without_secrets(error.message, url);
  for (auto& note : error.notes) note = without_secrets(note, url);
  return error;
}

// "10.11" of "10.11.6-MariaDB-0+deb12u1". MySQL 8.0 gained much in its patch releases.
std::string version_of(MYSQL* connection) {
  const auto number = libmariadb().mysql_get_server_version(connection);
  const auto major = number / 10000, minor = number / 100 % 100, patch = number % 100;
  if (major == 8 && minor == 0) return fmt::format("{}.{}.{}", major, minor, patch);
  return fmt::format("{}.{}", major, minor);
}

class MysqlSession : public Session {
 public:
  MysqlSession(Connection connection, std::string url)
      : connection_(std::move(connection)),
        url_(std::move(url)),
        engine_(libmariadb().mariadb_connection(connection_.get()) != 0 ? "mariadb" : "mysql"),
        version_(version_of(connection_.get())),
        database_(url_parts(url_).database) {}

  const std::string& engine() const override { return engine_; }
  const std::string& version() const override { return version_; }

  Result<Rows> query(std::string_view sql, const std::vector<std::optional<std::string>>& parameters) override {
    FORGE_ASSIGN(const auto text, filled(sql, parameters));
    FORGE_ASSIGN(auto rows, execute(text));
    return rows;
  }

  Failure failure() const override { return failure_; }

  // The server keeps grants on what has gone with its database.
  std::vector<std::string> undo_outside() const override {
    std::vector<std::string> out;
    for (const auto& account : accounts_) {
      const bool role = engine_ == "mariadb" && account.find('@') == std::string::npos;
      out.push_back(fmt::format("DROP {} IF EXISTS {}", role ? "ROLE" : "USER", account));
    }
    for (const auto& [object, account] : granted_) {
      const auto cut = object.find('`');
      const auto on = fmt::format("{}`{}`.{}", object.substr(0, cut), database_, object.substr(cut));
      out.push_back(fmt::format("REVOKE ALL PRIVILEGES ON {} FROM {}", on, account));
      out.push_back(fmt::format("REVOKE GRANT OPTION ON {} FROM {}", on, account));
    }
    return out;
  }

  Result<std::vector<std::string>> statements(std::string_view sql) const override {
    FORGE_ASSIGN(const auto cut, mysql_statements(sql, "(plan)"));
    std::vector<std::string> out;
    for (const auto& statement : cut) out.emplace_back(statement.text);
    return out;
  }

  Result<void> run_script(std::string_view sql, const std::string& file) override {
    if (const auto zero = sql.find('\0'); zero != std::string_view::npos) {
      Error error{ErrorCode::spec, "a zero byte in SQL text", "write it as plain text in UTF-8", {}, {}, {}};
      error.place = place_in(sql, zero, file);
      return fail(std::move(error));
    }
    FORGE_ASSIGN(const auto statements, mysql_statements(sql, file));
    std::string used;
    for (const auto& statement : statements) {
      if (statement.word(0) == "USE") {
        FORGE_TRY(check_use(sql, statement, file, used));
      } else if (statement.word(0) == "GRANT" || statement.word(0) == "REVOKE") {
        FORGE_TRY(run_grant(sql, statement, file));
      } else if (!about_no_schema(statement)) {
        FORGE_TRY(run_statement(sql, statement, file));
      }
    }
    return {};
  }

 private:
  Error error_of(const std::string& sql) const {
    Error error{ErrorCode::database, {}, {}, {}, {}, {}};
    error.message = fmt::format(
        "{}: {} (error {}, SQLSTATE {})", product_name(engine_), libmariadb().mysql_error(connection_.get()),
        libmariadb().mysql_errno(connection_.get()), libmariadb().mysql_sqlstate(connection_.get()));
    error.sql = sql;
    return scrubbed(std::move(error), url_);
  }

  std::string literal(const std::string& value) const {
    std::string out(value.size() * 2 + 1, '\0');
    out.resize(libmariadb().mysql_real_escape_string(connection_.get(), out.data(), value.data(), value.size()));
    return "'" + out + "'";
  }

  // The statement with its parameters as literals.
  Result<std::string> filled(std::string_view sql, const std::vector<std::optional<std::string>>& parameters) const {
    if (parameters.empty()) return std::string(sql);
    std::string out;
    std::size_t next = 0;
    for (const auto& token : sql_tokens(sql)) {
      if (token.kind != TokenKind::op || token.text != "?") {
        out += token.text;
      } else if (next == parameters.size()) {
        return fail(ErrorCode::database, "a query has more marks than parameters");
      } else {
        const auto& value = parameters[next++];
        out += value ? literal(*value) : "NULL";
      }
    }
    return out;
  }

  static void collect(Rows& rows, MYSQL_RES* result) {
    const auto columns = libmariadb().mysql_num_fields(result);
    const MYSQL_FIELD* fields = libmariadb().mysql_fetch_fields(result);
    for (unsigned c = 0; c < columns; ++c) rows.columns.emplace_back(fields[c].name);  // NOLINT: the client's array
    rows.rows.reserve(libmariadb().mysql_num_rows(result));
    while (MYSQL_ROW row = libmariadb().mysql_fetch_row(result)) {
      const unsigned long* sizes = libmariadb().mysql_fetch_lengths(result);
      auto& made = rows.rows.emplace_back();
      made.reserve(columns);
      for (unsigned c = 0; c < columns; ++c) {
        if (row[c] == nullptr) {  // NOLINT
          made.emplace_back();
        } else {
          made.emplace_back(std::in_place, row[c], sizes[c]);  // NOLINT
        }
      }
    }
  }

  // The first result of a statement; a procedure's others are passed over.
  Result<Rows> execute(const std::string& sql) {
    MYSQL* connection = connection_.get();
    if (libmariadb().mysql_real_query(connection, sql.data(), sql.size()) != 0) return failed(sql);
    Rows out;
    bool first = true;
    while (true) {
      const Answer answer(libmariadb().mysql_store_result(connection));
      if (!answer && libmariadb().mysql_field_count(connection) != 0) return failed(sql);
      if (first && !answer) out.affected = static_cast<std::int64_t>(libmariadb().mysql_affected_rows(connection));
      if (answer && first) collect(out, answer.get());
      first = first && !answer;
      const int more = libmariadb().mysql_next_result(connection);
      if (more < 0) return out;
      if (more > 0) return failed(sql);
    }
  }

  std::unexpected<Error> failed(const std::string& sql) {
    failure_ = failure_of(libmariadb().mysql_errno(connection_.get()), libmariadb().mysql_sqlstate(connection_.get()));
    return fail(error_of(sql));
  }

  // As dialects/mysql/errors.lua lists them; what a row's value causes as in dialects/mysql/batches.lua.
  static Failure failure_of(unsigned number, std::string_view state) {
    constexpr std::array<unsigned, 5> kLock = {1205, 3572, 1317, 3024, 1969};
    constexpr std::array<unsigned, 2> kRetry = {1213, 1020};
    constexpr std::array<unsigned, 9> kGone = {2002, 2006, 2013, 2055, 1053, 1927, 1158, 1160, 1161};
    constexpr std::array<unsigned, 8> kRow = {1265, 1292, 1364, 1366, 1411, 1644, 3819, 4025};
    if (std::ranges::find(kLock, number) != kLock.end()) return Failure::lock;
    if (std::ranges::find(kRetry, number) != kRetry.end()) return Failure::retry;
    if (std::ranges::find(kGone, number) != kGone.end()) return Failure::gone;
    constexpr std::array<unsigned, 5> kDenied = {1044, 1142, 1143, 1227, 1370};
    if (std::ranges::find(kDenied, number) != kDenied.end()) return Failure::denied;
    const bool row = state.starts_with("22") || state == "23000" || std::ranges::find(kRow, number) != kRow.end();
    return row ? Failure::row : Failure::fatal;
  }

  // Data, accounts, and databases as a whole: the schema that is wanted is made in a database of its own.
  static bool about_no_schema(const ScriptStatement& statement) {
    const auto first = statement.word(0), second = statement.word(1);
    // What a SELECT puts into a variable may be used by what follows.
    constexpr std::array<std::string_view, 11> kData = {"INSERT", "REPLACE", "UPDATE", "DELETE",   "LOAD", "LOCK",
                                                        "UNLOCK", "ANALYZE", "FLUSH",  "OPTIMIZE", "SHOW"};
    if (std::ranges::find(kData, first) != kData.end()) return true;
    if (first == "SET")
      return second == "GLOBAL" || second == "PASSWORD" || second == "PERSIST" || statement.word(2) == "GTID_PURGED";
    const bool makes = first == "CREATE" || first == "DROP" || first == "ALTER";
    return makes && (second == "DATABASE" || second == "SCHEMA" || second == "USER" || second == "ROLE");
  }

  // Whatever a script calls its database, it is this one; a script about two is none that can be read.
  static Result<void> check_use(std::string_view script, const ScriptStatement& statement, const std::string& file,
                                std::string& used) {
    auto name = std::string(statement.text.substr(statement.text.find_first_of(" \t")));
    std::erase_if(name, [](char c) { return c == '`' || c == ' ' || c == '\t'; });
    if (used.empty() || used == name) {
      used = name;
      return {};
    }
    Error error{ErrorCode::spec,
                fmt::format("the script is about two databases, '{}' and '{}'", used, name),
                "a schema is one database: give each a script of its own",
                {},
                {},
                {}};
    error.place = place_in(script, statement.at, file);
    return fail(std::move(error));
  }

  Result<void> run_statement(std::string_view script, const ScriptStatement& statement, const std::string& file) {
    auto done = execute(without_definer(statement));
    if (done) return {};
    constexpr unsigned kUnknownVariable = 1193, kNeedsMore = 1227;
    const auto number = libmariadb().mysql_errno(connection_.get());
    // A setting of another version, or one that takes more rights, as dumps write them.
    if (statement.word(0) == "SET" && (number == kUnknownVariable || number == kNeedsMore)) return {};
    Error error = std::move(done).error();
    error.place = place_in(script, statement.at + place_within(statement.text, error.message), file);
    return fail(std::move(error));
  }

  // What is granted on an object of the schema is a part of it; accounts that are not there are made.
  Result<void> run_grant(std::string_view script, const ScriptStatement& statement, const std::string& file) {
    const auto grant = grant_on_object(statement.text);
    if (!grant) return {};
    for (const auto& account : grant->accounts) {
      if (!make_account(account)) granted_.emplace_back(grant->object, account);
    }
    auto done = execute(grant->sql);
    if (done) return {};
    constexpr unsigned kNoTable = 1146, kNoRoutine = 1305, kNoSuchGrant = 1147, kNoSuchRoutineGrant = 1403;
    const auto number = libmariadb().mysql_errno(connection_.get());
    const bool elsewhere = grant->qualified && (number == kNoTable || number == kNoRoutine);
    if (elsewhere || number == kNoSuchGrant || number == kNoSuchRoutineGrant) return {};
    Error error = std::move(done).error();
    error.place = place_in(script, statement.at, file);
    return fail(std::move(error));
  }

  // Whether it is ours: then it goes with all that it was given.
  bool make_account(const std::string& account) {
    if (std::ranges::find(accounts_, account) != accounts_.end()) return true;
    const bool role = engine_ == "mariadb" && account.find('@') == std::string::npos;
    const bool made = execute(role ? "CREATE ROLE " + account : "CREATE USER " + account + " ACCOUNT LOCK").has_value();
    if (made) accounts_.push_back(account);
    return made;
  }

  // "… near 'TEXT' at line N": where that is in the statement.
  static std::size_t place_within(std::string_view statement, const std::string& message) {
    const auto stated = message.rfind("' at line ");
    if (stated == std::string::npos) return 0;
    int line = 1;
    std::from_chars(message.data() + stated + 10, message.data() + message.size(), line);
    std::size_t begin = 0;
    for (; line > 1 && begin != std::string_view::npos; --line) begin = statement.find('\n', begin) + 1;
    const auto near = message.find("near '");
    if (near == std::string::npos || near + 6 > stated) return begin;
    const auto text = message.substr(near + 6, std::min<std::size_t>(stated - near - 6, 40));
    const auto found = text.empty() ? std::string_view::npos : statement.find(text, begin);
    return found == std::string_view::npos ? begin : found;
  }

  Connection connection_;
  std::string url_;
  std::string engine_, version_;
  std::string database_;
  std::vector<std::string> accounts_;                         // made by scripts
  std::vector<std::pair<std::string, std::string>> granted_;  // objects, and accounts that were there, likewise
  Failure failure_ = Failure::none;
};

// What names and texts look like must not depend on the server's own settings.
Result<void> settle(Session& session, const SessionOptions& options) {
  if (options.for_plan) return {};
  const auto seconds = options.statement_timeout.count();
  const bool mariadb = session.engine() == "mariadb";
  FORGE_TRY(session.query("SET SESSION time_zone = '+00:00'"));
  FORGE_TRY(session.query("SET SESSION group_concat_max_len = 100000000"));
  FORGE_TRY(session.query("SET SESSION lock_wait_timeout = 5"));
  if (mariadb) FORGE_TRY(session.query(fmt::format("SET SESSION max_statement_time = {}", seconds)));
  if (!options.read_only) return {};
  if (!mariadb) FORGE_TRY(session.query(fmt::format("SET SESSION max_execution_time = {}", seconds * 1000)));
  // Tables of the catalog are large and have no indexes: they are joined by hashes.
  if (mariadb) FORGE_TRY(session.query("SET SESSION join_cache_level = 8"));
  FORGE_TRY(session.query("SET SESSION sql_mode = ''"));
  FORGE_TRY(session.query("SET SESSION TRANSACTION READ ONLY"));
  FORGE_TRY(session.query("START TRANSACTION READ ONLY"));
  return {};
}

Result<Connection> connect(const std::string& url, const UrlParts& parts, const MysqlSettings& settings,
                           const SessionOptions& options) {
  Connection connection(libmariadb().mysql_init(nullptr));
  if (!connection) return fail(ErrorCode::limit, "no memory for a connection");
  const auto limit = static_cast<unsigned>(options.connect_timeout.count());
  const auto patience = options.for_plan ? 0U : static_cast<unsigned>(options.statement_timeout.count()) + 30;
  libmariadb().mysql_options(connection.get(), MYSQL_OPT_CONNECT_TIMEOUT, &limit);
  libmariadb().mysql_options(connection.get(), MYSQL_OPT_READ_TIMEOUT, &patience);
  libmariadb().mysql_options(connection.get(), MYSQL_OPT_WRITE_TIMEOUT, &patience);
  libmariadb().mysql_options(connection.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
  // No server may ask for files of this machine.
  const unsigned no_files = 0;
  libmariadb().mysql_options(connection.get(), MYSQL_OPT_LOCAL_INFILE, &no_files);
  const bool local = !settings.socket.empty() || is_local(parts.host);
  set_mysql_tls(connection.get(), settings, local);
  unsigned port = kDefaultPort;
  if (!parts.port.empty()) {
    const auto read = std::from_chars(parts.port.data(), parts.port.data() + parts.port.size(), port);
    if (read.ec != std::errc() || port > 65535) return fail(ErrorCode::usage, "the database URL has an odd port");
  }
  const auto text = [](const std::string& value) { return value.empty() ? nullptr : value.c_str(); };
  const char* password = std::getenv("MYSQL_PWD");
  if (!parts.password.empty()) password = parts.password.c_str();
  // A runner asks whether its row is there, not whether it was changed.
  const unsigned long flags = options.for_plan ? CLIENT_MULTI_RESULTS | CLIENT_FOUND_ROWS : CLIENT_MULTI_RESULTS;
  const bool done =
      libmariadb().mysql_real_connect(connection.get(), text(parts.host), text(parts.user), password,
                                      text(parts.database), port, text(settings.socket), flags) != nullptr;
  // The client goes on without TLS where the server says that it has none, unless it is to verify a certificate.
  const bool open =
      done && needs_tls(settings, local) && libmariadb().mysql_get_ssl_cipher(connection.get()) == nullptr;
  if (open) {
    return fail(ErrorCode::database, fmt::format("the server at {} has no TLS, which its URL asks for", redacted(url)),
                "give the server a certificate; on a connection that nobody else can read, sslmode=disable says so");
  }
  if (done) return connection;
  Error error{ErrorCode::database, {}, "is the server running, and are user and database right?", {}, {}, {}};
  error.message = fmt::format("cannot connect to {}: {}", redacted(url), libmariadb().mysql_error(connection.get()));
  return fail(scrubbed(std::move(error), url));
}

Result<void> check_server(MYSQL* connection, const std::string& url) {
  const std::string wanted = engine_of_url(url);
  const std::string found = libmariadb().mariadb_connection(connection) != 0 ? "mariadb" : "mysql";
  if (wanted != found) {
    return fail(ErrorCode::database, fmt::format("the server at {} is {}", redacted(url), product_name(found)),
                fmt::format("write the URL as {}://…", found));
  }
  const unsigned long oldest = found == "mariadb" ? 100400 : 80000;
  if (libmariadb().mysql_get_server_version(connection) >= oldest) return {};
  return fail(ErrorCode::database,
              fmt::format("the server is {} {}; {} is the oldest that is known", product_name(found),
                          version_of(connection), found == "mariadb" ? "10.4" : "8.0"));
}

}  // namespace

Result<std::unique_ptr<Session>> open_mysql(const std::string& url, const SessionOptions& options) {
  const auto parts = url_parts(url);
  FORGE_ASSIGN(const auto settings, mysql_settings(parts));
  if ((options.read_only || options.for_plan) && parts.database.empty()) {
    return fail(ErrorCode::usage, "the database URL names no database",
                fmt::format("write it as {}://user@host/database", engine_of_url(url)));
  }
  FORGE_TRY(load_libmariadb());
  FORGE_ASSIGN(auto connection, connect(url, parts, settings, options));
  FORGE_TRY(check_server(connection.get(), url));
  auto session = std::make_unique<MysqlSession>(std::move(connection), url);
  FORGE_TRY(settle(*session, options));
  return session;
}

}  // namespace forge
