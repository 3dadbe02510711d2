#include "engine/db/sqlite_session.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstdint>
#include <filesystem>

namespace forge {
namespace {

constexpr int kBusyMilliseconds = 5000;

struct CloseDatabase {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
using Handle = std::unique_ptr<sqlite3, CloseDatabase>;
struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

class SqliteSession : public Session {
 public:
  explicit SqliteSession(Handle handle) : handle_(std::move(handle)) {}

  const std::string& engine() const override {
    static const std::string kName = "sqlite";
    return kName;
  }
  const std::string& version() const override {
    static const std::string kVersion = [] {
      const std::string_view whole = sqlite3_libversion();
      return std::string(whole.substr(0, whole.find('.', whole.find('.') + 1)));
    }();
    return kVersion;
  }
  Failure failure() const override { return failure_; }

  // All statements of a text; the rows are those of the last one.
  Result<Rows> query(std::string_view sql, const std::vector<std::optional<std::string>>& parameters) override {
    Rows out;
    const std::string text(sql);
    for (const char* at = text.c_str(); *at != '\0';) {
      const char* tail = nullptr;
      FORGE_ASSIGN(const auto statement, prepare(at, &tail));
      at = tail;
      if (!statement) continue;  // white space, a comment
      FORGE_ASSIGN(out, run(statement.get(), parameters, text));
    }
    return out;
  }

  Result<std::vector<std::string>> statements(std::string_view sql) const override {
    return std::vector<std::string>{std::string(sql)};  // `query` takes several
  }

  Result<void> run_script(std::string_view sql, const std::string&) override {
    FORGE_TRY(query(sql, {}));
    return {};
  }

 private:
  std::unexpected<Error> failed(const std::string& sql) {
    switch (sqlite3_errcode(handle_.get())) {
      case SQLITE_BUSY:
      case SQLITE_LOCKED:
        failure_ = Failure::lock;
        break;
      case SQLITE_CONSTRAINT:
      case SQLITE_MISMATCH:
        failure_ = Failure::row;
        break;
      default:
        failure_ = Failure::fatal;
    }
    Error error{ErrorCode::database, std::string("SQLite: ") + sqlite3_errmsg(handle_.get()), {}, {}, {}, {}};
    error.sql = sql;
    return fail(std::move(error));
  }

  Result<Prepared> prepare(const char* sql, const char** tail) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(handle_.get(), sql, -1, &statement, tail);
    Prepared owner(statement);
    if (code != SQLITE_OK) return failed(sql);
    return owner;
  }

  Result<Rows> run(sqlite3_stmt* statement, const std::vector<std::optional<std::string>>& parameters,
                   const std::string& text) {
    Rows out;
    const int marks = sqlite3_bind_parameter_count(statement);
    for (int i = 0; i < marks && i < static_cast<int>(parameters.size()); ++i) {
      const auto& value = parameters[static_cast<std::size_t>(i)];
      if (value) sqlite3_bind_text(statement, i + 1, value->data(), static_cast<int>(value->size()), SQLITE_TRANSIENT);
    }
    const int columns = sqlite3_column_count(statement);
    for (int c = 0; c < columns; ++c) out.columns.emplace_back(sqlite3_column_name(statement, c));
    int step = SQLITE_ROW;
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) out.rows.push_back(row_of(statement, columns));
    if (step != SQLITE_DONE) return failed(text);
    if (sqlite3_stmt_readonly(statement) == 0) out.affected = sqlite3_changes(handle_.get());
    return out;
  }

  static std::vector<std::optional<std::string>> row_of(sqlite3_stmt* statement, int columns) {
    std::vector<std::optional<std::string>> row;
    for (int c = 0; c < columns; ++c) {
      const auto* value = reinterpret_cast<const char*>(sqlite3_column_text(statement, c));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, c));
      row.push_back(value == nullptr ? std::nullopt : std::optional<std::string>(std::in_place, value, size));
    }
    return row;
  }

  Handle handle_;
  Failure failure_ = Failure::none;
};

// forgelua_digest(text): a number of 40 bits that stands for it, so that sums of eight million of them stay whole (FNV-1a, folded).
void digest(sqlite3_context* context, int, sqlite3_value** values) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(values[0]));
  if (text == nullptr) return sqlite3_result_null(context);
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : std::string_view(text, static_cast<std::size_t>(sqlite3_value_bytes(values[0])))) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  }
  sqlite3_result_int64(context, static_cast<sqlite3_int64>((hash ^ (hash >> 40)) & 0xFFFFFFFFFFULL));
}

}  // namespace

std::string sqlite_file(std::string url) {
  for (const std::string_view scheme : {"sqlite://", "sqlite:"}) {
    if (!url.starts_with(scheme)) continue;
    url.erase(0, scheme.size());
    break;
  }
  return url;
}

Result<std::unique_ptr<Session>> open_sqlite(const std::string& url) {
  const std::string file = sqlite_file(url);
  std::error_code code;
  if (!std::filesystem::is_regular_file(file, code)) {
    return fail(ErrorCode::io, fmt::format("no database file '{}'", file), "check the path");
  }
  sqlite3* opened = nullptr;
  const int done = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
  Handle handle(opened);
  if (done != SQLITE_OK) {
    return fail(ErrorCode::database, fmt::format("cannot open '{}': {}", file, sqlite3_errmsg(opened)));
  }
  sqlite3_busy_timeout(opened, kBusyMilliseconds);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_create_function(opened, "forgelua_digest", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, digest, nullptr,
                          nullptr);
  auto session = std::make_unique<SqliteSession>(std::move(handle));
  auto probe = session->query("SELECT count(*) FROM sqlite_master", {});
  if (!probe) {
    probe.error().message = fmt::format("cannot read '{}': {}", file, probe.error().message);
    return fail(std::move(probe.error()));
  }
  return session;
}

Result<void> copy_sqlite(const std::string& from, const std::string& to) {
  std::error_code code;
  if (!std::filesystem::is_regular_file(from, code)) {
    return fail(ErrorCode::io, fmt::format("no database file '{}'", from), "check the path");
  }
  sqlite3 *source = nullptr, *target = nullptr;
  const int read = sqlite3_open_v2(from.c_str(), &source, SQLITE_OPEN_READONLY, nullptr);
  const Handle reads(source);
  const int write = sqlite3_open_v2(to.c_str(), &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  const Handle writes(target);
  const auto failed = [&](sqlite3* handle) {
    return fail(ErrorCode::database, fmt::format("cannot copy '{}' to '{}': {}", from, to, sqlite3_errmsg(handle)));
  };
  if (read != SQLITE_OK) return failed(source);
  if (write != SQLITE_OK) return failed(target);
  sqlite3_busy_timeout(source, kBusyMilliseconds);
  sqlite3_busy_timeout(target, kBusyMilliseconds);
  auto* backup = sqlite3_backup_init(target, "main", source, "main");
  if (backup == nullptr) return failed(target);
  sqlite3_backup_step(backup, -1);
  if (sqlite3_backup_finish(backup) != SQLITE_OK) return failed(target);
  return {};
}

}  // namespace forge
