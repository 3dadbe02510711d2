#include "engine/exec/health.hpp"

#include <fmt/format.h>

#include <chrono>

#include "engine/db/url.hpp"
#include "engine/exec/tool.hpp"

namespace forge {
namespace {

Result<void> ask_url(const std::string& url) {
  FORGE_ASSIGN(const auto curl, program({"curl"}));
  return run_tools({{{curl, "-fsSL", "-o", "/dev/null", "--max-time", "30", "--", url}, {}}}, "", "", url);
}

Result<void> ask_query(const std::string& query, const std::string& database) {
  FORGE_ASSIGN(const auto session, open_asking_session(database));
  FORGE_TRY(session->query(query));
  return {};
}

Result<void> ask(const HealthCheck& check, const std::string& database) {
  if (!check.url.empty()) return ask_url(check.url);
  if (!check.query.empty()) return ask_query(check.query, database);
  return run_tools({{{"/bin/sh", "-c", check.command}, {}}}, "", "", database);
}

std::string name_of(const HealthCheck& check) {
  if (!check.name.empty()) return check.name;
  return !check.url.empty()     ? without_secrets(check.url, check.url)
         : !check.query.empty() ? check.query
                                : check.command;
}

}  // namespace

Result<std::unique_ptr<Session>> open_asking_session(const std::string& database) {
  SessionOptions options;
  const bool sqlite = engine_of_url(database) == "sqlite";
  options.read_only = !sqlite;
  options.for_plan = sqlite;
  FORGE_ASSIGN(auto session, open_session(database, options));
  if (sqlite) FORGE_TRY(session->query("PRAGMA query_only = 1"));
  return session;
}

std::vector<HealthAnswer> ask_health(const std::vector<HealthCheck>& checks, const std::string& database) {
  std::vector<HealthAnswer> out;
  for (const auto& check : checks) {
    const auto begin = std::chrono::steady_clock::now();
    const auto done = ask(check, database);
    HealthAnswer answer{name_of(check), done.has_value(), 0, done ? "" : done.error().message};
    answer.ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    if (done && check.within_ms > 0 && answer.ms > check.within_ms) {
      answer.well = false;
      answer.what = fmt::format("it took {:.0f} ms, more than {:.0f}", answer.ms, check.within_ms);
    }
    out.push_back(std::move(answer));
  }
  return out;
}

Result<void> all_well(const std::vector<HealthCheck>& checks, const std::string& database) {
  Error error{ErrorCode::refused, "", "see to it, then run the same command again", {}, {}, {}};
  for (const auto& answer : ask_health(checks, database)) {
    if (!answer.well) error.notes.push_back(fmt::format("{}: {}", answer.name, answer.what));
  }
  if (error.notes.empty()) return {};
  error.message = fmt::format("{} of {} health checks say that something is wrong", error.notes.size(), checks.size());
  return fail(std::move(error));
}

}  // namespace forge
