// Whether the system around a database is well while a plan is run on it (forgelua.yml, `healthChecks`).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/db/session.hpp"

namespace forge {

struct HealthCheck {
  std::string name;
  std::string url, command, query;  // one of the three
  double within_ms = 0;             // 0: however long it takes
};

struct HealthAnswer {
  std::string name;
  bool well = false;
  double ms = 0;     // how long the answer took
  std::string what;  // why it is not well
};

// A session that only reads, apart from the one that works: what that has read in a snapshot says nothing of now.
Result<std::unique_ptr<Session>> open_asking_session(const std::string& database);

// Asks one after the other: a URL must answer with a status below 400 (by curl, in 30 s at the most), a command of the shell end with
// 0, a query on the database behind `database` run without an error (in 60 s at the most); each in the time that it states.
std::vector<HealthAnswer> ask_health(const std::vector<HealthCheck>& checks, const std::string& database);

// Errors (refused): one of them is not well; each such one is a note.
Result<void> all_well(const std::vector<HealthCheck>& checks, const std::string& database);

}  // namespace forge
