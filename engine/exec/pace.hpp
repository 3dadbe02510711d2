// How fast rows are moved, and when not at all.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/db/session.hpp"
#include "engine/exec/journal.hpp"
#include "engine/exec/listener.hpp"
#include "engine/exec/plan_file.hpp"

namespace forge {

// What somebody has said to the runner of a database while it runs, or before (`forgelua backfill`).
struct PaceRow {
  bool paused = false;
  long target_ms = 0;  // the time that a batch takes; 0: kTargetMs
  long pause_ms = -1;  // between two batches; -1: the plan's
  long most_rows = 0;  // a batch's, at the most; 0: kMostRows, or fewer (Rhythm)
};
constexpr double kTargetMs = 100;
constexpr std::int64_t kLeastRows = 100, kMostRows = 50'000;

// Errors (refused): nothing has been run on this database yet; (database).
Result<PaceRow> read_pace(Session& session, const OwnTables& tables);
Result<void> write_pace(Session& session, const OwnTables& tables, const PaceRow& row);

// Figures above which batches wait (forgelua.yml, `throttle`); 0 or "": not asked.
struct PaceLimits {
  double replica_lag_seconds = 0;
  std::vector<std::string>
      replicas;                  // URLs; PostgreSQL: without any, what the server says of those that stream from it
  long threads_running = 0;      // statements under way, without our own
  double commit_latency_ms = 0;  // of the last batch
  std::string query;             // batches wait while its value is not 0
  long wait_seconds = 600;       // so long at a stretch, then the run ends and can go on
};

// Asks before each batch. A figure that cannot be had counts as too high.
class Pace {
 public:
  Pace(Session& session, const Client& client, const PaceLimits& limits)
      : session_(session), client_(client), limits_(limits) {}

  // What somebody has said.
  Result<PaceRow> said() { return read_pace(session_, OwnTables(client_)); }
  // Which figure is too high, for people; "" where batches may go on. `commit_ms`: how long the last batch's COMMIT took.
  std::string too_high(double commit_ms);

 private:
  std::string lag();
  std::string lag_of(const std::string& url);
  std::string value_above(Session& session, const std::string& sql, double most, const std::string& what);

  Session& session_;
  Client client_;
  const PaceLimits& limits_;
  std::map<std::string, std::unique_ptr<Session>> replicas_;
};

}  // namespace forge
