// A connection to a database, as every engine offers it. Nothing here names a client library.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.hpp"

namespace forge {

// Rows of text as a query gave them; absent is NULL.
struct Rows {
  std::vector<std::string> columns;  // the names, in order
  std::vector<std::vector<std::optional<std::string>>> rows;
  std::int64_t affected = 0;  // rows that a statement has written
};

// What an error means to whoever runs a plan.
enum class Failure {
  none,
  lock,    // a lock was not to be had in time; nothing of the statement stands
  retry,   // the same transaction may well succeed when it is tried again
  gone,    // the connection is lost: whether the statement has run is not known
  row,     // a value of a row cannot be converted or held
  denied,  // the account may not do it
  fatal,   // trying again cannot help
};

struct SessionOptions {
  // Reading: nothing can be written, every query sees the database as it was at the first one, names in expressions are
  // given without the default namespace.
  bool read_only = false;
  // Running a plan: statements take as long as they take, and the plan itself states the session's settings.
  bool for_plan = false;
  std::chrono::seconds connect_timeout{10};
  std::chrono::seconds statement_timeout{60};
};

// One connection. Closes when it is destroyed. Errors of every function (database): the server's own words and its
// error code; never a credential.
class Session {
 public:
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  virtual ~Session() = default;

  // "postgres", "mysql", "mariadb", "sqlite", "mongodb".
  virtual const std::string& engine() const = 0;
  // The server's version as --db takes it: "15", "10.11", "9.7".
  virtual const std::string& version() const = 0;

  // One statement: SQL, or what mongodb.hpp lists. `parameters` stand for $1, $2 … (PostgreSQL) or ? (MySQL, MariaDB, SQLite).
  virtual Result<Rows> query(std::string_view sql, const std::vector<std::optional<std::string>>& parameters = {}) = 0;

  // What the last error of `query` means.
  virtual Failure failure() const = 0;

  // A text of SQL cut into its statements, as the engine's client does.
  virtual Result<std::vector<std::string>> statements(std::string_view sql) const = 0;

  // Runs a script as the engine's own client would, statement by statement, for the schema that it makes: data (COPY,
  // INSERT) and statements about whole databases are passed over, roles that it names and that are not there are made.
  // An error has its place in `file`, the script's name for messages.
  virtual Result<void> run_script(std::string_view sql, const std::string& file) = 0;

  // Statements that undo what scripts have made outside of the database that they ran in.
  virtual std::vector<std::string> undo_outside() const { return {}; }
};

// Opens the database behind a URL: postgres://, postgresql://, mysql://, mariadb:// and mongodb://, and for a plan sqlite:. Errors: usage for a URL that cannot be read,
// database where the server cannot be reached or says no.
Result<std::unique_ptr<Session>> open_session(const std::string& url, const SessionOptions& options);

}  // namespace forge
