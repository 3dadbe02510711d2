#include "engine/db/sqlite.hpp"

#include <sqlite3.h>

#include <algorithm>

#include "engine/db/text_place.hpp"

namespace forge {
namespace {

// The byte after the line that `at` stands in.
std::size_t line_end(std::string_view text, std::size_t at) {
  const auto end = text.find('\n', at);
  return end == std::string_view::npos ? text.size() : end + 1;
}

// The first byte of the next statement: past white space, and past lines that only the shell understands.
std::size_t skip_to_statement(std::string_view sql, std::size_t at) {
  while (at < sql.size()) {
    const char c = sql[at];
    if (c == '.' && (at == 0 || sql[at - 1] == '\n')) {
      at = line_end(sql, at);
    } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ';') {
      ++at;
    } else {
      break;
    }
  }
  return at;
}

// The first byte of a statement that is no comment.
std::size_t skip_comments(std::string_view sql, std::size_t at) {
  while (true) {
    at = skip_to_statement(sql, at);
    const auto rest = sql.substr(at);
    if (rest.starts_with("--")) {
      at = line_end(sql, at);
    } else if (rest.starts_with("/*")) {
      const auto end = sql.find("*/", at + 2);
      at = end == std::string_view::npos ? sql.size() : end + 2;
    } else {
      return at;
    }
  }
}

Error database_error(sqlite3* handle) {
  if (sqlite3_errcode(handle) == SQLITE_INTERRUPT) {
    return {ErrorCode::limit,
            "the SQL text runs for too long: stopped",
            "a schema's text creates tables; leave out what computes rows",
            {},
            {},
            {}};
  }
  if (sqlite3_errcode(handle) == SQLITE_FULL) {
    return {ErrorCode::limit,
            "the SQL text fills more memory than a schema needs: stopped",
            "leave out the statements that insert rows",
            {},
            {},
            {}};
  }
  return {ErrorCode::database, std::string("SQLite: ") + sqlite3_errmsg(handle), {}, {}, {}, {}};
}

// The text of a specification is not trusted: it sees its own database in memory, and no file, library or setting of
// the process. VACUUM INTO attaches its target, so it is met here, too.
int confine(void*, int action, const char* first, const char* second, const char*, const char*) {
  if (action == SQLITE_ATTACH || action == SQLITE_DETACH) return SQLITE_DENY;
  if (action == SQLITE_FUNCTION && sqlite3_stricmp(second, "load_extension") == 0) return SQLITE_DENY;
  if (action == SQLITE_PRAGMA) {
    for (const char* name : {"temp_store_directory", "data_store_directory", "temp_store", "max_page_count",
                             "hard_heap_limit", "soft_heap_limit"}) {
      if (sqlite3_stricmp(first, name) == 0 && second != nullptr) return SQLITE_DENY;
    }
  }
  return SQLITE_OK;
}

constexpr int kInstructionsPerCall = 1'000'000;
constexpr int kCalls = 2'000;            // about a minute on a slow machine; a schema of 10,000 tables needs a few
constexpr int kPages = 65'536;           // 256 MB
constexpr int kValueBytes = 64'000'000;  // of one text or blob
constexpr int kExpressionDepth = 1'000;  // SQLite's own default, whatever it was built with

Result<void> limit(sqlite3* handle, int* calls) {
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, kValueBytes);
  sqlite3_limit(handle, SQLITE_LIMIT_EXPR_DEPTH, kExpressionDepth);
  const auto settings = "PRAGMA max_page_count = " + std::to_string(kPages) + "; PRAGMA temp_store = MEMORY";
  if (sqlite3_exec(handle, settings.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return fail(database_error(handle));
  }
  sqlite3_progress_handler(
      handle, kInstructionsPerCall, [](void* count) { return ++*static_cast<int*>(count) > kCalls ? 1 : 0; }, calls);
  sqlite3_set_authorizer(handle, confine, nullptr);
  return {};
}

}  // namespace

void SqliteDatabase::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Result<SqliteDatabase> SqliteDatabase::in_memory() {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(":memory:", &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  SqliteDatabase database(handle);
  if (code != SQLITE_OK) return fail(database_error(handle));
  FORGE_TRY(limit(handle, database.calls_.get()));
  return database;
}

Result<SqliteDatabase> SqliteDatabase::open_read_only(const std::filesystem::path& path) {
  std::error_code code;
  if (!std::filesystem::is_regular_file(path, code)) {
    return fail(ErrorCode::io, "no database file '" + path.string() + "'", "check the path");
  }
  sqlite3* handle = nullptr;
  const int opened = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr);
  SqliteDatabase database(handle);
  if (opened != SQLITE_OK) return fail(database_error(handle));
  sqlite3_busy_timeout(handle, 5000);
  // The first read finds out whether the file is a database at all.
  auto probe = database.query("SELECT count(*) FROM sqlite_master");
  if (!probe) {
    probe.error().message = "cannot read '" + path.string() + "': " + probe.error().message;
    return fail(std::move(probe.error()));
  }
  return database;
}

Error SqliteDatabase::error_at(std::string_view sql, std::size_t from, std::size_t to, const std::string& file) const {
  Error error = database_error(handle_.get());
  // SQLite counts from the start of the text that it was given; -1 where it knows no place.
  const int offset = sqlite3_error_offset(handle_.get());
  const auto at = offset < 0 ? skip_comments(sql, from) : from + static_cast<std::size_t>(offset);
  error.place = place_in(sql, std::min(at, sql.size()), file);
  error.sql = std::string(sql.substr(from, to - from));
  return error;
}

Result<void> SqliteDatabase::run(std::string_view sql, const std::string& file) {
  if (sql.size() > static_cast<std::size_t>(sqlite3_limit(handle_.get(), SQLITE_LIMIT_SQL_LENGTH, -1))) {
    return fail(ErrorCode::limit, "'" + file + "' is larger than SQLite takes");
  }
  if (const auto zero = sql.find('\0'); zero != std::string_view::npos) {
    Error error{ErrorCode::spec, "a zero byte in SQL text", "is this a database file instead of SQL?", {}, {}, {}};
    error.place = place_in(sql, zero, file);
    return fail(std::move(error));
  }
  for (std::size_t at = skip_comments(sql, 0); at < sql.size(); at = skip_comments(sql, at)) {
    sqlite3_stmt* statement = nullptr;
    const char* tail = nullptr;
    const int prepared =
        sqlite3_prepare_v2(handle_.get(), sql.data() + at, static_cast<int>(sql.size() - at), &statement, &tail);
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> owner(statement, sqlite3_finalize);
    const auto end = tail == nullptr ? sql.size() : static_cast<std::size_t>(tail - sql.data());
    if (prepared != SQLITE_OK) return fail(error_at(sql, at, std::max(end, at), file));
    int step = SQLITE_DONE;
    while (statement != nullptr && (step = sqlite3_step(statement)) == SQLITE_ROW) {
    }
    if (step != SQLITE_DONE) return fail(error_at(sql, at, end, file));
    at = std::max(end, at + 1);
  }
  return {};
}

Result<std::vector<SqliteDatabase::Row>> SqliteDatabase::query(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const int prepared = sqlite3_prepare_v2(handle_.get(), sql.c_str(), -1, &statement, nullptr);
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> owner(statement, sqlite3_finalize);
  if (prepared != SQLITE_OK) return fail(error_at(sql, 0, sql.size(), "(query)"));
  std::vector<Row> rows;
  int step = SQLITE_ROW;
  while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
    Row row;
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, i));
      row.push_back(text == nullptr ? std::nullopt : std::optional<std::string>(std::in_place, text, size));
    }
    rows.push_back(std::move(row));
  }
  if (step != SQLITE_DONE) return fail(database_error(handle_.get()));
  return rows;
}

Result<Schema> schema_from_sqlite_sql(std::string_view sql, const std::string& file) {
  FORGE_ASSIGN(auto database, SqliteDatabase::in_memory());
  FORGE_TRY(database.run(sql, file));
  return read_sqlite(database);
}

Result<Schema> schema_from_sqlite_file(const std::filesystem::path& path) {
  FORGE_ASSIGN(auto database, SqliteDatabase::open_read_only(path));
  return read_sqlite(database);
}

}  // namespace forge
