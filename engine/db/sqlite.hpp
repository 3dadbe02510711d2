// SQLite: a database in a file or in memory, and its catalog as a Schema.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/model/schema.hpp"

struct sqlite3;

namespace forge {

// One connection. Movable; closes when it goes out of scope.
class SqliteDatabase {
 public:
  // A row of text values; absent is NULL.
  using Row = std::vector<std::optional<std::string>>;

  // A fresh database in memory, for text that is not trusted: it reaches no file and no extension, and is stopped (error
  // limit) when one of its texts runs for longer than it may, or fills 256 MB.
  static Result<SqliteDatabase> in_memory(int milliseconds = 5000);
  // An existing file, never written to. Errors (io): not there; (database): no SQLite database.
  static Result<SqliteDatabase> open_read_only(const std::filesystem::path& path);

  // Runs every statement of `sql`. An error (database) carries SQLite's own words, the statement, and its place in
  // `file`, which is the text's name for messages. Of the shell's own commands those that
  // say how results are shown are skipped; others are refused (spec) at their place.
  Result<void> run(std::string_view sql, const std::string& file);

  // The rows of one query. Errors (database): SQLite's own words.
  Result<std::vector<Row>> query(const std::string& sql);

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  explicit SqliteDatabase(sqlite3* handle) : handle_(handle) {}
  Error error_at(std::string_view sql, std::size_t from, std::size_t to, const std::string& file) const;

  std::chrono::milliseconds may_run_{0};  // each text and each query, in memory
  using Instant = std::chrono::steady_clock::time_point;
  std::unique_ptr<Instant> end_ = std::make_unique<Instant>();  // for the progress handler; outlives the handle
  std::unique_ptr<sqlite3, Close> handle_;
};

// Everything in the database's catalog: what the model holds as such, virtual tables and conflict clauses as
// `unmanaged`. Tables and triggers of our own (forgelua_…) are left out. Three queries, however many tables there are.
Result<Schema> read_sqlite(SqliteDatabase& database);

// Loads SQL text into a database in memory and reads that. `file` names the text in messages; `milliseconds`: how long that may take.
Result<Schema> schema_from_sqlite_sql(std::string_view sql, const std::string& file, int milliseconds = 5000);

// Reads a database file without writing to it.
Result<Schema> schema_from_sqlite_file(const std::filesystem::path& path);

}  // namespace forge
