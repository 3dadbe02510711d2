#include "engine/cli/run_target.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <ostream>
#include <ranges>

#include "engine/base/spelling.hpp"
#include "engine/db/url.hpp"
#include "engine/exec/connection.hpp"
#include "engine/exec/journal.hpp"

namespace forge {
namespace fs = std::filesystem;

std::vector<fs::path> package_folders(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (fs::exists(entry.path() / "plan.json", ignored)) found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

void add_run_options(CLI::App& command, RunRequest& request, bool runs) {
  command.add_option("package", request.package, "The package's folder (default: the only one below migrations/)");
  command.add_option("--url", request.url, "The database: a URL, or env:NAME for the value of that variable");
  command.add_option("--env", request.environment, "One of the environments of forgelua.yml");
  if (!runs) return;
  command.add_option("--wait", request.wait, "Seconds to wait for another runner to end (default: not at all)");
  command.add_option("--approve", request.approve, "The plan's hash, where the environment asks for approval");
  command.add_option("--dev-url", request.dev_url,
                     "A server on which the plan's own schema may be built to compare with");
  command.add_option("--org", request.organisation, "The organisation's folder of modules");
  command.add_flag("--yes", request.yes, "Ask nothing");
  command.add_flag("--dry-run", request.dry_run, "Print the SQL and its impact; touch nothing");
  command.add_flag("--skip-bad-rows", request.skip_bad_rows, "Keep rows aside that cannot be carried over, and go on");
}

Result<RunTarget> settle_target(const RunRequest& request) {
  RunTarget out;
  FORGE_ASSIGN(out.config, load_config("."));
  std::string url = request.url;
  if (url.empty()) {
    const std::string name = request.environment.empty() ? out.config.environment : request.environment;
    const auto found = out.config.environments.find(name);
    if (name.empty()) {
      return fail(ErrorCode::usage, "nothing says which database this is for",
                  "give --url URL, --url env:NAME or --env NAME");
    }
    if (found == out.config.environments.end()) {
      const auto keys = out.config.environments | std::views::keys;
      const std::vector<std::string> names(keys.begin(), keys.end());
      const auto best = nearest(name, names);
      return fail(ErrorCode::usage, fmt::format("forgelua.yml knows no environment '{}'", name),
                  best ? fmt::format("did you mean '{}'?", *best) : "name it there with its url, or give --url");
    }
    out.environment = &found->second;
    url = found->second.url;
  }
  FORGE_ASSIGN(out.url, resolve_url(url));
  return out;
}

Result<fs::path> settle_package(const RunRequest& request, const Config& config) {
  if (!request.package.empty()) return fs::path(request.package);
  const auto found = package_folders(config.output);
  if (found.size() == 1) return found.front();
  return fail(ErrorCode::usage, fmt::format("{} packages below '{}'", found.empty() ? "no" : "several", config.output),
              "name the package's folder");
}

Result<PaceLimits> settle_limits(const Config& config) {
  auto limits = config.throttle;
  for (auto& url : limits.replicas) {
    FORGE_ASSIGN(url, resolve_url(url));
  }
  return limits;
}

Result<std::map<std::string, fs::path>> packages_below(const fs::path& folder) {
  std::map<std::string, fs::path> out;
  for (const auto& path : package_folders(folder)) {
    FORGE_ASSIGN(const auto plan, read_plan_file(path));
    out[plan.id] = path;
  }
  return out;
}

namespace {

bool is_package(const fs::path& path) {
  std::error_code ignored;
  return !fs::is_directory(path, ignored) || fs::exists(path / "plan.json", ignored);
}

// Those that stand on the database, the one that was begun last first.
Result<std::vector<MigrationRow>> standing(const std::string& url) {
  FORGE_ASSIGN(const auto client, client_of_engine(engine_of_url(url)));
  FORGE_ASSIGN(const auto session, connect_for_journal(url));
  Journal journal(*session, client, 0);
  FORGE_ASSIGN(const bool there, journal.there());
  if (!there) return fail(ErrorCode::refused, "nothing has been run on this database");
  FORGE_ASSIGN(auto rows, journal.history());
  std::erase_if(rows, [](const MigrationRow& row) { return row.state == "rolled_back"; });
  std::ranges::reverse(rows);
  if (rows.empty()) return fail(ErrorCode::refused, "everything that was run on this database has been rolled back");
  return rows;
}

std::string versions(const std::vector<MigrationRow>& rows) {
  std::string out;
  for (const auto& row : rows) out += (out.empty() ? "" : ", ") + row.version;
  return out;
}

}  // namespace

Result<std::vector<fs::path>> settle_way_back(const RunRequest& request) {
  const bool to_version = !request.to.empty() && !enum_value<Phase>(request.to);
  const bool named = !request.package.empty() && is_package(request.package);
  if (named && to_version) {
    return fail(ErrorCode::usage,
                fmt::format("'{}' is no phase, and a way back to a version is of no single package", request.to),
                "leave out the package, or name the folder of packages");
  }
  if (named) return std::vector<fs::path>{request.package};
  FORGE_ASSIGN(const auto target, settle_target(request));
  FORGE_ASSIGN(auto rows, standing(target.url));
  const auto stays = std::ranges::find(rows, to_version ? request.to : std::string(), &MigrationRow::version);
  if (to_version && stays == rows.end()) {
    return fail(ErrorCode::refused, fmt::format("'{}' does not stand on this database", request.to),
                "these do, last first: " + versions(rows));
  }
  rows.erase(to_version ? stays : rows.begin() + 1, rows.end());
  const fs::path folder = request.package.empty() ? fs::path(target.config.output) : fs::path(request.package);
  FORGE_ASSIGN(const auto packages, packages_below(folder));
  std::vector<fs::path> out;
  for (const auto& row : rows) {
    const auto found = packages.find(row.version);
    if (found == packages.end()) {
      return fail(ErrorCode::refused,
                  fmt::format("the package of '{}' is not below '{}'", row.version, folder.string()),
                  "name its folder, or the folder of packages that it is in");
    }
    out.push_back(found->second);
  }
  return out;
}

Result<std::optional<Phase>> settle_phase(const std::string& word) {
  if (word.empty()) return std::nullopt;
  const auto phase = enum_value<Phase>(word);
  if (!phase)
    return fail(ErrorCode::usage, fmt::format("'{}' is no phase", word), "one of expand, migrate, switch, contract");
  return phase;
}

Result<bool> confirmed(const std::string& question, const RunRequest& request, Terminal& terminal) {
  if (request.yes) return true;
  if (isatty(STDIN_FILENO) == 0) {
    return fail(ErrorCode::refused, "nobody is there to be asked: " + question, "give --yes where that is meant");
  }
  terminal.err << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace forge
