// Asks SQLite itself whether the SQL of a schema would be taken, on empty tables in memory.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/model/schema.hpp"

struct sqlite3;

namespace forge {

struct SqlComplaint {
  std::string message;            // in SQLite's words
  std::optional<std::size_t> at;  // where in the text; absent where SQLite names no place
  std::string unknown;            // the name that it does not know, where that is the complaint
  std::vector<std::string> near;  // what there is of that kind, for a suggestion
};

// One database in memory, opened when it is first needed. Texts have no fault of their own (engine/model/sql/fault.hpp).
class SqliteProbe {
 public:
  SqliteProbe();
  ~SqliteProbe();
  SqliteProbe(const SqliteProbe&) = delete;
  SqliteProbe& operator=(const SqliteProbe&) = delete;

  // What SQLite would say of the text, or nothing. A table counts by its name and its columns' names alone.
  std::optional<SqlComplaint> check(const Table& table, std::string_view text);
  std::optional<SqlComplaint> generated(const Table& table, const std::string& column, std::string_view text);
  std::optional<SqlComplaint> default_value(std::string_view text);
  std::optional<SqlComplaint> index_expression(const Table& table, std::string_view text);
  std::optional<SqlComplaint> index_condition(const Table& table, std::string_view text);

  // Whether SQLite takes every check and generated column of the table: one question instead of one for each.
  bool takes_all(const Table& table);

 protected:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  sqlite3* database();
  bool run(const std::string& sql);
  std::optional<SqlComplaint> prepare(std::string_view head, std::string_view text, std::string_view tail);

 private:
  std::optional<SqlComplaint> on_table(const Table& table, std::string_view head, std::string_view text,
                                       std::string_view tail);
  std::optional<SqlComplaint> on_index(const Table& table, const std::string& head, std::string_view text);

  std::unique_ptr<sqlite3, Close> database_;
  std::set<std::string> defaults_;  // default values that SQLite takes
};

// Texts that may read any table of a schema. Tables and views are made when a text names them. The schema outlives this.
class SqliteWorld : private SqliteProbe {
 public:
  explicit SqliteWorld(const Schema& schema) : schema_(schema) {}

  // A value for each row of the table.
  std::optional<SqlComplaint> value(const Table& table, std::string_view text);
  // The query of one of the schema's views. One that reads a view with a fault of its own has none.
  std::optional<SqlComplaint> view(const View& view);

 private:
  std::optional<SqlComplaint> with_tables(const std::string& head, std::string_view text, std::string_view tail);
  bool make(const std::string& name);

  const Schema& schema_;
  std::set<std::string> made_;          // folded names that stand there, or could not be made
  std::map<QName, bool> sound_;         // views that have been looked at
  std::map<std::string, QName> known_;  // every table and view, by its folded name
};

}  // namespace forge
