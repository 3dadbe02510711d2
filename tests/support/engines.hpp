// The real databases that the tests run on: scripts go through each one's own client, as users have it; what the tests ask
// for themselves, which is most of it, through a connection that stays open.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/db/session.hpp"
#include "tests/support/process.hpp"

namespace forge::test {

using Row = std::vector<std::string>;

// One engine. Databases are named by the caller and made afresh.
class Engine {
 public:
  virtual ~Engine() = default;
  const std::string& name() const { return name_; }
  // What --db is given: the name, with the version where the servers are of another than the usual one.
  std::string target() const;

  virtual void create_database(const std::string& database) = 0;
  virtual void drop_database(const std::string& database) = 0;

  // The URL by which the product reaches a database; "" where the server's is not configured.
  virtual std::string url(const std::string& database) const = 0;

  // Gives a script to the client as a user would, with no option that changes how errors end it.
  virtual Outcome run_script(const std::string& database, const std::string& sql) = 0;

  // Shell lines after which the commands of a runbook reach the database: its variables, and the client by its own name.
  virtual std::string shell_of(const std::string& database) = 0;

  // Statements as an application runs them: through a connection of their own, up to the first one that fails.
  Outcome write(const std::string& database, const std::string& sql) const;

  // Rows of one query; fields are text, NULL is "NULL". Throws with the server's message where it fails.
  virtual std::vector<Row> query(const std::string& database, const std::string& sql) = 0;

  // The schema as the server tells it, normalised: one sorted entry per object; the order of columns and of a table's
  // constraints is no part of it.
  virtual std::vector<std::string> dump_schema(const std::string& database) = 0;

  // Every table's rows as sorted text, by table. Our own tables are left out.
  std::map<std::string, std::string> dump_rows(const std::string& database);

 protected:
  explicit Engine(std::string name) : name_(std::move(name)) {}

  // The rows of all of the statements, through a connection of their own. Errors: as the session gives them.
  Result<std::vector<Row>> ask_apart(const std::string& database, const std::string& sql) const;
  // The same through the open connection to a database, or one that is made. Throws with the server's message.
  std::vector<Row> ask(const std::string& database, const std::string& sql);
  Session& session(const std::string& database);
  // Before a database goes.
  void hang_up(const std::string& database) { sessions_.erase(database); }

 private:
  virtual std::vector<Row> columns(const std::string& database) = 0;  // {table, column} sorted by both
  virtual std::string rows_query(const std::string& table, const std::vector<std::string>& columns) = 0;

  std::string name_;
  std::map<std::string, std::unique_ptr<Session>> sessions_;  // by database
};

// "sqlite", "postgres", "mysql" or "mariadb"; null where its client is not configured (FORGELUA_TEST_…).
std::unique_ptr<Engine> open_engine(const std::string& name);

inline const std::vector<std::string>& engine_names() {
  static const std::vector<std::string> kNames{"sqlite", "postgres", "mysql", "mariadb"};
  return kNames;
}

}  // namespace forge::test
