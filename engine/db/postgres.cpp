#include "engine/db/postgres.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "engine/db/postgres_client.hpp"
#include "engine/db/text_place.hpp"
#include "engine/db/url.hpp"

namespace forge {
namespace {

constexpr int kOldest = 120000;
constexpr const char* kAuthorities = "/etc/ssl/certs/ca-certificates.crt";

struct Finish {
  void operator()(PGconn* connection) const { libpq().PQfinish(connection); }
};
using Connection = std::unique_ptr<PGconn, Finish>;
struct Clear {
  void operator()(PGresult* result) const { libpq().PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, Clear>;

std::string text_of(const char* text) { return text == nullptr ? "" : text; }

// libpq's messages end in line ends.
std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  std::ranges::replace(text, '\n', ' ');
  return text;
}

// The byte of the n-th character (from 1) of UTF-8 text.
std::size_t byte_of(std::string_view text, std::size_t character) {
  std::size_t at = 0, seen = 0;
  for (; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80 && ++seen == character) break;
  }
  return at;
}

bool is_local(const std::string& host) {
  return host.empty() || host.starts_with('/') || host.starts_with('@') || host == "localhost" || host == "::1" ||
         host.starts_with("127.");
}

// The URL's settings by name. No message repeats the URL: it may hold a password that could not be made out.
Result<std::vector<std::pair<std::string, std::string>>> settings_of(const std::string& url) {
  char* message = nullptr;
  PQconninfoOption* options = libpq().PQconninfoParse(url.c_str(), &message);
  libpq().PQfreemem(message);
  if (options == nullptr) {
    return fail(ErrorCode::usage, "the URL of the PostgreSQL database cannot be read",
                "write it as postgres://user@host:5432/database, with %XX for odd characters in a name or password");
  }
  std::vector<std::pair<std::string, std::string>> out;
  for (auto* one = options; one->keyword != nullptr; ++one) {
    if (one->val != nullptr) out.emplace_back(one->keyword, one->val);
  }
  libpq().PQconninfoFree(options);
  return out;
}

std::string setting(const std::vector<std::pair<std::string, std::string>>& settings, const std::string& name) {
  const auto found = std::ranges::find(settings, name, &std::pair<std::string, std::string>::first);
  return found == settings.end() ? "" : found->second;
}

// A remote server proves who it is, by the machine's own list of authorities where no other is named.
void add_defaults(std::vector<std::pair<std::string, std::string>>& settings, const SessionOptions& options) {
  const auto add = [&](const std::string& name, const std::string& value) {
    if (setting(settings, name).empty()) settings.emplace_back(name, value);
  };
  const auto host = setting(settings, "host").empty() ? text_of(std::getenv("PGHOST")) : setting(settings, "host");
  const bool stated = !setting(settings, "sslmode").empty() || std::getenv("PGSSLMODE") != nullptr;
  if ((!is_local(host) || !setting(settings, "hostaddr").empty()) && !stated) {
    add("sslmode", "verify-full");
    const char* home = std::getenv("HOME");
    std::error_code ignored;
    const bool own =
        std::getenv("PGSSLROOTCERT") != nullptr ||
        (home != nullptr && std::filesystem::exists(std::filesystem::path(home) / ".postgresql/root.crt", ignored));
    if (!own && std::filesystem::exists(kAuthorities, ignored)) add("sslrootcert", kAuthorities);
  }
  add("connect_timeout", std::to_string(options.connect_timeout.count()));
  add("application_name", "forgelua");
  add("client_encoding", "UTF8");
}

std::string version_text(int number) { return std::to_string(number / 10000); }

class PostgresSession : public Session {
 public:
  PostgresSession(Connection connection, std::string url)
      : connection_(std::move(connection)),
        url_(std::move(url)),
        version_(version_text(libpq().PQserverVersion(connection_.get()))) {}

  const std::string& engine() const override {
    static const std::string kName = "postgres";
    return kName;
  }
  const std::string& version() const override { return version_; }

  Result<Rows> query(std::string_view sql, const std::vector<std::optional<std::string>>& parameters) override {
    FORGE_ASSIGN(const Answer answer, execute(std::string(sql), parameters));
    Rows out;
    out.affected = std::strtoll(libpq().PQcmdTuples(answer.get()), nullptr, 10);
    const int columns = libpq().PQnfields(answer.get());
    for (int c = 0; c < columns; ++c) out.columns.emplace_back(libpq().PQfname(answer.get(), c));
    const int rows = libpq().PQntuples(answer.get());
    out.rows.reserve(static_cast<std::size_t>(rows));
    for (int r = 0; r < rows; ++r) {
      auto& row = out.rows.emplace_back();
      row.reserve(static_cast<std::size_t>(columns));
      for (int c = 0; c < columns; ++c) {
        if (libpq().PQgetisnull(answer.get(), r, c) != 0) {
          row.emplace_back();
        } else {
          row.emplace_back(std::in_place, libpq().PQgetvalue(answer.get(), r, c),
                           static_cast<std::size_t>(libpq().PQgetlength(answer.get(), r, c)));
        }
      }
    }
    return out;
  }

  Failure failure() const override { return failure_; }

  Result<std::vector<std::string>> statements(std::string_view sql) const override {
    FORGE_ASSIGN(const auto cut, postgres_statements(sql, "(plan)"));
    std::vector<std::string> out;
    for (const auto& statement : cut) out.emplace_back(statement.text);
    return out;
  }

  Result<void> run_script(std::string_view sql, const std::string& file) override {
    if (const auto zero = sql.find('\0'); zero != std::string_view::npos) {
      Error error{ErrorCode::spec,
                  "a zero byte in SQL text",
                  "is this an archive of pg_dump -Fc? Write it as plain SQL",
                  {},
                  {},
                  {}};
      error.place = place_in(sql, zero, file);
      return fail(std::move(error));
    }
    FORGE_ASSIGN(const auto statements, postgres_statements(sql, file));
    for (const auto& statement : statements) {
      if (about_no_schema(statement)) continue;
      FORGE_TRY(run_statement(sql, statement, file));
    }
    if (libpq().PQtransactionStatus(connection_.get()) == PQTRANS_IDLE) return {};
    return fail(ErrorCode::spec, fmt::format("'{}' ends inside a transaction", file), "end it with COMMIT");
  }

  std::vector<std::string> undo_outside() const override {
    std::vector<std::string> out;
    out.reserve(roles_.size());
    for (const auto& role : roles_) out.push_back(fmt::format("DROP ROLE IF EXISTS {}", quoted(role)));
    return out;
  }

  // Errors of libpq and the server as one of ours.
  Error error_of(const PGresult* result, const std::string& sql) const {
    const auto field = [&](int code) {
      return text_of(result == nullptr ? nullptr : libpq().PQresultErrorField(result, code));
    };
    Error error{ErrorCode::database, {}, {}, {}, {}, {}};
    auto primary = field(PG_DIAG_MESSAGE_PRIMARY);
    if (primary.empty()) primary = trimmed(text_of(libpq().PQerrorMessage(connection_.get())));
    error.message = "PostgreSQL: " + primary;
    if (const auto state = field(PG_DIAG_SQLSTATE); !state.empty())
      error.message += fmt::format(" (SQLSTATE {})", state);
    if (const auto detail = field(PG_DIAG_MESSAGE_DETAIL); !detail.empty()) error.notes.push_back(detail);
    error.hint = field(PG_DIAG_MESSAGE_HINT);
    error.sql = sql;
    return scrubbed(std::move(error), url_);
  }

  static Error scrubbed(Error error, const std::string& url) {
    error.message = without_secrets(error.message, url);
    error.hint = without_secrets(error.hint, url);
    for (auto& note : error.notes) note = without_secrets(note, url);
    return error;
  }

 private:
  static std::string quoted(const std::string& name) {
    std::string out = "\"";
    for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
  }

  Result<Answer> execute(const std::string& sql, const std::vector<std::optional<std::string>>& parameters) {
    std::vector<const char*> values;
    values.reserve(parameters.size());
    for (const auto& value : parameters) values.push_back(value ? value->c_str() : nullptr);
    Answer answer(parameters.empty()
                      ? libpq().PQexec(connection_.get(), sql.c_str())
                      : libpq().PQexecParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr,
                                             values.data(), nullptr, nullptr, 0));
    const auto status = libpq().PQresultStatus(answer.get());
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY) return answer;
    failure_ = failure_of(answer.get());
    return fail(error_of(answer.get(), sql));
  }

  // Classes of SQLSTATEs, as dialects/postgres/errors.lua lists them.
  Failure failure_of(const PGresult* result) const {
    if (libpq().PQstatus(connection_.get()) != CONNECTION_OK) return Failure::gone;
    const auto state = text_of(result == nullptr ? nullptr : libpq().PQresultErrorField(result, PG_DIAG_SQLSTATE));
    if (state == "55P03" || state == "57014") return Failure::lock;
    if (state == "40001" || state == "40P01") return Failure::retry;
    if (state.starts_with("57P") || state.starts_with("08")) return Failure::gone;
    const bool row = state.starts_with("22") || state.starts_with("23") || state.starts_with("P0");
    return row ? Failure::row : Failure::fatal;
  }

  // Data, and statements about databases as a whole: the schema that is wanted is made in a database of its own.
  static bool about_no_schema(const ScriptStatement& statement) {
    const auto first = statement.word(0);
    if (first == "INSERT" || first == "COPY") return true;
    return statement.word(1) == "DATABASE" &&
           (first == "CREATE" || first == "DROP" || first == "ALTER" || first == "COMMENT");
  }

  Result<void> run_statement(std::string_view script, const ScriptStatement& statement, const std::string& file) {
    const std::string sql(statement.text);
    const Answer answer(libpq().PQexec(connection_.get(), sql.c_str()));
    const auto status = libpq().PQresultStatus(answer.get());
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY) return {};
    const auto state = text_of(libpq().PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE));
    const auto message = text_of(libpq().PQresultErrorField(answer.get(), PG_DIAG_MESSAGE_PRIMARY));
    const auto first = statement.word(0), second = statement.word(1);
    // A setting of a newer server, as its pg_dump writes it.
    if (first == "SET" && state == "42704") return {};
    // A role of the server that this one has from an earlier script.
    if (first == "CREATE" && (second == "ROLE" || second == "USER") && state == "42710") return {};
    if (state == "42704" && libpq().PQtransactionStatus(connection_.get()) == PQTRANS_IDLE && make_role(message)) {
      return run_statement(script, statement, file);
    }
    Error error = error_of(answer.get(), sql);
    const auto position = text_of(libpq().PQresultErrorField(answer.get(), PG_DIAG_STATEMENT_POSITION));
    const auto character = position.empty() ? 1 : std::strtoul(position.c_str(), nullptr, 10);
    error.place = place_in(script, statement.at + byte_of(sql, character), file);
    return fail(std::move(error));
  }

  // Owners and grantees that a dump names: `role "app" does not exist`. Whether that worked.
  bool make_role(const std::string& message) {
    constexpr std::string_view kBegin = "role \"", kEnd = "\" does not exist";
    if (!message.starts_with(kBegin) || !message.ends_with(kEnd)) return false;
    const auto name = message.substr(kBegin.size(), message.size() - kBegin.size() - kEnd.size());
    const auto sql = fmt::format("CREATE ROLE {}", quoted(name));
    const Answer answer(libpq().PQexec(connection_.get(), sql.c_str()));
    if (libpq().PQresultStatus(answer.get()) != PGRES_COMMAND_OK) return false;
    roles_.push_back(name);
    return true;
  }

  Connection connection_;
  std::string url_;
  std::string version_;
  std::vector<std::string> roles_;  // made by scripts
  Failure failure_ = Failure::none;
};

Result<void> settle(Session& session, const SessionOptions& options) {
  if (options.for_plan) return {};
  const auto milliseconds = [](std::chrono::seconds time) { return std::chrono::milliseconds(time).count(); };
  FORGE_TRY(session.query("SET search_path = public"));
  FORGE_TRY(session.query("SET TimeZone = 'UTC'"));
  FORGE_TRY(session.query("SET standard_conforming_strings = on"));
  FORGE_TRY(session.query(fmt::format("SET statement_timeout = {}", milliseconds(options.statement_timeout))));
  if (!options.read_only) {
    // As in a dump: a routine may name what a later statement makes.
    FORGE_TRY(session.query("SET check_function_bodies = off"));
    return {};
  }
  FORGE_TRY(session.query("SET lock_timeout = 5000"));
  FORGE_TRY(session.query("SET default_transaction_read_only = on"));
  FORGE_TRY(session.query("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"));
  return {};
}

}  // namespace

Result<std::unique_ptr<Session>> open_postgres(const std::string& url, const SessionOptions& options) {
  FORGE_TRY(load_libpq());
  FORGE_ASSIGN(auto settings, settings_of(url));
  add_defaults(settings, options);
  std::vector<const char*> keys, values;
  for (const auto& [key, value] : settings) {
    keys.push_back(key.c_str());
    values.push_back(value.c_str());
  }
  keys.push_back(nullptr);
  values.push_back(nullptr);
  Connection connection(libpq().PQconnectdbParams(keys.data(), values.data(), 0));
  if (connection == nullptr) return fail(ErrorCode::limit, "no memory for a connection to PostgreSQL");
  libpq().PQsetNoticeProcessor(connection.get(), [](void*, const char*) {}, nullptr);
  if (libpq().PQstatus(connection.get()) != CONNECTION_OK) {
    Error error{ErrorCode::database, {}, "is the server running, and are user and database right?", {}, {}, {}};
    error.message = fmt::format("cannot connect to {}: {}", redacted(url),
                                trimmed(text_of(libpq().PQerrorMessage(connection.get()))));
    return fail(PostgresSession::scrubbed(std::move(error), url));
  }
  if (libpq().PQserverVersion(connection.get()) < kOldest) {
    return fail(ErrorCode::database, fmt::format("the server is PostgreSQL {}; 12 is the oldest that is known",
                                                 version_text(libpq().PQserverVersion(connection.get()))));
  }
  auto session = std::make_unique<PostgresSession>(std::move(connection), url);
  FORGE_TRY(settle(*session, options));
  return session;
}

}  // namespace forge
