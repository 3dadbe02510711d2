// What has been done of which plan, kept in the database that it was done to.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/db/session.hpp"
#include "engine/exec/plan_file.hpp"
#include "engine/exec/tables.hpp"

namespace forge {

// A line of schema_migrations. Instants are ISO 8601 in UTC, "" where there is none.
struct MigrationRow {
  std::string version;  // the plan's id
  std::string description, applied_at, applied_by, rolled_back_at;
  std::string checksum;  // the plan's hash
  std::string state;     // running, applied, rolling_back, rolled_back
  long milliseconds = 0;
};

// How far a step is.
struct StepRow {
  enum class State { pending, running, done, undoing };
  int number = 0;
  State state = State::pending;
  int position = 0;   // units of the step (step_runner.hpp) that are done, in the direction of running
  std::string print;  // of the catalog before the unit that began last (fingerprint.hpp); "" where none was taken
  std::string finished_at;
  long finished_ago = 0;  // seconds since then
};

class JournalStore;

class Journal {
 public:
  // Reads and writes through `session`, which must outlive it. Every write holds only while `epoch` is the runner's; 0: reads only.
  Journal(Session& session, const Client& client, long epoch);
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  ~Journal();

  // Whether this database has our tables; a reader asks first.
  Result<bool> there();
  // Every migration, in the order in which they were begun last.
  Result<std::vector<MigrationRow>> history();
  Result<std::optional<MigrationRow>> find(const std::string& version);
  // The plan's steps by number; empty where it has never been begun.
  Result<std::map<int, StepRow>> steps(const std::string& version);

  // Enters a plan and its steps, or takes up one that is there; one that was rolled back begins anew.
  Result<void> begin(const PlanFile& plan, const std::string& who);
  Result<void> set_state(const std::string& version, std::string_view state, long milliseconds);
  // Writes what `row` says of a step of the plan.
  Result<void> set_step(const std::string& version, const StepRow& row);
  // The same through the session of a unit's transaction, so that both stand or neither.
  Result<void> set_step(Session& session, const std::string& version, const StepRow& row);
  // Inside a transaction: fails (locked) where another runner has taken over, and keeps one from doing so before its end.
  Result<void> fence(Session& session);

  const OwnTables& tables() const { return tables_; }

 private:
  Session& session_;
  OwnTables tables_;
  std::unique_ptr<JournalStore> store_;  // tables, or collections (MongoDB)
};

}  // namespace forge
