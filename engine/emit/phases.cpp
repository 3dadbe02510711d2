#include "engine/emit/phases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "engine/emit/markdown.hpp"

namespace forge {
namespace {

void add_once(std::vector<std::string>& out, const std::string& text) {
  if (!text.empty() && std::ranges::find(out, text) == out.end()) out.push_back(text);
}

double unit_days(char unit) {
  switch (unit) {
    case 'w':
      return 7;
    case 'h':
      return 1.0 / 24;
    case 'm':
      return 1.0 / 1440;
    default:
      return 1;
  }
}

}  // namespace

std::vector<PhasePart> phases_of(const Plan& plan) {
  std::vector<PhasePart> out;
  for (auto& segment : segments_of(plan)) {
    if (out.empty() || out.back().phase != segment.phase) out.push_back({segment.phase, {}, {}});
    auto& part = out.back();
    part.steps.insert(part.steps.end(), segment.steps.begin(), segment.steps.end());
    part.segments.push_back(std::move(segment));
  }
  return out;
}

std::string phase_title(const PhasePart& part) {
  return fmt::format("Phase {}, {}", static_cast<int>(part.phase) + 1, word_of(part.phase));
}

std::string phase_goal(Phase phase) {
  switch (phase) {
    case Phase::expand:
      return "What is new stands beside what is there, and the deployed application notices nothing.";
    case Phase::migrate:
      return "Old and new are kept equal while rows are written, and the rows that are there are filled in.";
    case Phase::switch_over:
      return "The new shape is enforced, and the application reads it.";
    case Phase::contract:
      return "What is old is removed, now that nothing uses it.";
  }
  return "";
}

std::string steps_text(const std::vector<const Step*>& steps) {
  const int first = steps.front()->number, last = steps.back()->number;
  return first == last ? fmt::format("step {}", first) : fmt::format("steps {}-{}", first, last);
}

double seconds_of(const PhasePart& part) {
  double sum = 0;
  for (const Step* step : part.steps) sum += std::max(0.0, step->seconds);
  return sum;
}

std::vector<const Step*> all_steps(const Plan& plan) {
  std::vector<const Step*> out;
  out.reserve(plan.steps.size());
  for (const auto& step : plan.steps) out.push_back(&step);
  return out;
}

std::vector<std::string> apps_of(const PhasePart& part) {
  std::vector<std::string> out;
  for (const Step* step : part.steps) add_once(out, step->app);
  return out;
}

std::vector<std::string> losses_of(const PhasePart& part) {
  std::vector<std::string> out;
  for (const Step* step : part.steps) {
    add_once(out, step->loses.empty() ? "" : fmt::format("step {}: {}", step->number, step->loses));
  }
  return out;
}

std::string application_state(const PhasePart& part) {
  std::string old_app, new_app;
  for (const Step* step : part.steps) {
    const auto& c = step->compatibility;
    if (!c.old_app && old_app.empty()) {
      old_app = fmt::format("The application deployed before this migration fails from step {} on{}.", step->number,
                            c.note.empty() ? "" : ": " + c.note);
    }
    if (!c.new_app) {
      new_app = fmt::format("The new application does not work until after step {}.", step->number);
    }
  }
  if (old_app.empty() && new_app.empty()) return "The old and the new application both work.";
  return old_app + (old_app.empty() || new_app.empty() ? "" : " ") + new_app;
}

int bake_days(const Plan& plan) {
  double value = 0;
  const char* end = plan.bake.data() + plan.bake.size();
  const auto [rest, error] = std::from_chars(plan.bake.data(), end, value);
  if (error != std::errc()) return 7;
  return static_cast<int>(std::ceil(value * unit_days(rest == end ? 'd' : *rest)));
}

std::vector<QName> tables_of(const Plan& plan) {
  std::set<QName> names;
  for (const auto& change : plan.changes) {
    for (const auto& name : {table_of(change.change), table_of(reverse(change.change))}) {
      if (plan.before.tables.contains(name)) names.insert(name);
    }
  }
  return {names.begin(), names.end()};
}

std::string lag_query(const Client& client) {
  if (client.sqlite() || client.mongodb()) return "";
  if (client.program == "mariadb") return "SHOW ALL SLAVES STATUS;  -- Seconds_Behind_Master";
  if (client.mysql()) return "SHOW REPLICA STATUS;  -- Seconds_Behind_Source";
  return "SELECT application_name, state, replay_lag FROM pg_stat_replication ORDER BY replay_lag DESC NULLS LAST;";
}

std::string lock_query(const Client& client) {
  if (client.sqlite() || client.mongodb()) return "";
  if (client.program == "mariadb") {
    return "SELECT id, time, state, info FROM information_schema.processlist\n"
           "WHERE state LIKE 'Waiting for%lock' ORDER BY time DESC;";
  }
  if (client.mysql()) {
    return "SELECT object_schema, object_name, waiting_pid, waiting_query, blocking_pid, sql_kill_blocking_connection\n"
           "FROM sys.schema_table_lock_waits;";
  }
  return "SELECT pid, pg_blocking_pids(pid) AS blocked_by, now() - query_start AS waits, left(query, 80) AS query\n"
         "FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0 ORDER BY waits DESC;";
}

}  // namespace forge
