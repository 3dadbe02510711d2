#include "engine/db/sqlite.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "engine/db/text_place.hpp"

namespace forge {
namespace {

// The byte after the line that `at` stands in.
std::size_t line_end(std::string_view text, std::size_t at) {
  const auto end = text.find('\n', at);
  return end == std::string_view::npos ? text.size() : end + 1;
}

constexpr auto kNowhere = std::string_view::npos;

// Commands of the shell that only say how results are shown.
constexpr std::array<std::string_view, 16> kShows{"bail",   "changes", "echo",    "eqp",       "explain", "headers",
                                                  "header", "mode",    "print",   "nullvalue", "prompt",  "separator",
                                                  "show",   "stats",   "timeout", "timer"};

// "read" of a line that begins with ".read x.sql".
std::string_view command_at(std::string_view sql, std::size_t at) {
  std::size_t end = at + 1;
  while (end < sql.size() && std::isalnum(static_cast<unsigned char>(sql[end]))) ++end;
  return sql.substr(at + 1, end - at - 1);
}

// The first byte of the next statement: past white space, and past lines that only the shell understands. The first of those that
// does more than show results is kept in `command`.
std::size_t skip_to_statement(std::string_view sql, std::size_t at, std::size_t& command) {
  while (at < sql.size()) {
    const char c = sql[at];
    if (c == '.' && (at == 0 || sql[at - 1] == '\n')) {
      if (command == kNowhere && std::ranges::find(kShows, command_at(sql, at)) == kShows.end()) command = at;
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
std::size_t skip_comments(std::string_view sql, std::size_t at, std::size_t& command) {
  while (true) {
    at = skip_to_statement(sql, at, command);
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

// Goes past a word, whatever its letter case, and the white space behind it; false where another one stands there.
bool takes(std::string_view sql, std::size_t& at, std::string_view word) {
  const auto lower = [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); };
  if (!std::ranges::equal(sql.substr(at, word.size()), word, {}, lower)) return false;
  at += word.size();
  while (at < sql.size() && std::isspace(static_cast<unsigned char>(sql[at]))) ++at;
  return true;
}

// `.schema` of the shell shows the tables that SQLite keeps for itself, too, which nobody may create. The byte behind such a
// statement at `at`; `at` where it is another one.
std::size_t skip_own_table(std::string_view sql, std::size_t at) {
  std::size_t here = at;
  if (!takes(sql, here, "create ") || !takes(sql, here, "table ")) return at;
  for (const auto* own : {"sqlite_sequence(", "sqlite_stat1(", "sqlite_stat4("}) {
    if (takes(sql, here, own)) return std::min(sql.find(';', here), sql.size());
  }
  return at;
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

constexpr int kInstructionsPerCall = 200'000;  // some milliseconds
constexpr int kPages = 65'536;                 // 256 MB
constexpr int kValueBytes = 64'000'000;        // of one text or blob
constexpr int kExpressionDepth = 1'000;        // SQLite's own default, whatever it was built with

using Clock = std::chrono::steady_clock;

Result<void> limit(sqlite3* handle, Clock::time_point* end) {
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, kValueBytes);
  sqlite3_limit(handle, SQLITE_LIMIT_EXPR_DEPTH, kExpressionDepth);
  const auto settings = "PRAGMA max_page_count = " + std::to_string(kPages) + "; PRAGMA temp_store = MEMORY";
  if (sqlite3_exec(handle, settings.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return fail(database_error(handle));
  }
  sqlite3_progress_handler(
      handle, kInstructionsPerCall,
      [](void* when) { return Clock::now() > *static_cast<const Clock::time_point*>(when) ? 1 : 0; }, end);
  sqlite3_set_authorizer(handle, confine, nullptr);
  return {};
}

std::unexpected<Error> not_sql(std::string_view sql, std::size_t at, const std::string& file) {
  const auto name = std::string(command_at(sql, at));
  Error error{ErrorCode::spec, "." + name + " is a command of the sqlite3 shell, not SQL", {}, {}, {}, {}};
  error.hint = name == "read"
                   ? "write what that file holds into this one: the schema is read from one text"
                   : "only those that say how results are shown (.mode, .headers, .print …) are passed over: "
                     "take the line out";
  error.place = place_in(sql, at, file);
  error.place->length = static_cast<int>(name.size()) + 1;
  return fail(std::move(error));
}

}  // namespace

void SqliteDatabase::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Result<SqliteDatabase> SqliteDatabase::in_memory(int milliseconds) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(":memory:", &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  SqliteDatabase database(handle);
  if (code != SQLITE_OK) return fail(database_error(handle));
  database.may_run_ = std::chrono::milliseconds(milliseconds);
  *database.end_ = Clock::now() + database.may_run_;
  FORGE_TRY(limit(handle, database.end_.get()));
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
  std::size_t command = kNowhere;
  const auto at = offset < 0 ? skip_comments(sql, from, command) : from + static_cast<std::size_t>(offset);
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
  *end_ = Clock::now() + may_run_;
  std::size_t command = kNowhere;
  for (std::size_t at = skip_comments(sql, 0, command); at < sql.size(); at = skip_comments(sql, at, command)) {
    if (command != kNowhere) break;
    if (const auto behind = skip_own_table(sql, at); behind > at) {
      at = behind;
      continue;
    }
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
  return command == kNowhere ? Result<void>() : not_sql(sql, command, file);
}

Result<std::vector<SqliteDatabase::Row>> SqliteDatabase::query(const std::string& sql) {
  *end_ = Clock::now() + may_run_;
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

Result<Schema> schema_from_sqlite_sql(std::string_view sql, const std::string& file, int milliseconds) {
  FORGE_ASSIGN(auto database, SqliteDatabase::in_memory(milliseconds));
  FORGE_TRY(database.run(sql, file));
  // A dump writes virtual tables straight into the schema; SQLite knows them once it has read that again.
  FORGE_TRY(database.query("PRAGMA writable_schema = RESET"));
  return read_sqlite(database);
}

Result<Schema> schema_from_sqlite_file(const std::filesystem::path& path) {
  FORGE_ASSIGN(auto database, SqliteDatabase::open_read_only(path));
  return read_sqlite(database);
}

}  // namespace forge
