// What apply, rollback, status and verify are about: a package, and a database.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "engine/cli/app.hpp"
#include "engine/cli/config.hpp"
#include "engine/exec/apply.hpp"

namespace forge {

struct RunRequest {
  std::string package;       // the folder; "" is the only one below the project's folder of packages
  std::string url;           // --url URL or env:NAME
  std::string environment;   // --env: one of forgelua.yml's
  std::string to;            // --to PHASE; on the way back also a version
  std::string dev_url;       // --dev-url
  std::string organisation;  // --org
  long wait = 0;             // --wait SECONDS
  bool yes = false, dry_run = false, skip_bad_rows = false, emergency = false, backup = false;
  std::string approve;          // --approve HASH
  std::string second_approval;  // --approve-irreversible HASH
};

// Adds PACKAGE, --url, --env; with `runs` also the options of commands that change a database.
void add_run_options(CLI::App& command, RunRequest& request, bool runs);

// Those of the request that name a database and a package, settled.
struct RunTarget {
  Config config;
  const EnvironmentConfig* environment = nullptr;  // in `config`; null where --url was given
  std::string url;
};
// Errors (usage): nothing says which database, or --env names none that forgelua.yml knows; (spec) its variable is not set.
Result<RunTarget> settle_target(const RunRequest& request);
// The package's folder. Errors (usage): none is named and there is not exactly one.
Result<std::filesystem::path> settle_package(const RunRequest& request, const Config& config);

// The limits of `throttle`, with the replicas' URLs resolved. Errors (spec): a variable that they name is not set.
Result<PaceLimits> settle_limits(const Config& config);

// The packages that a rollback is about, in its order: the one that is named; all that were begun after the version that --to names,
// which stays; else the one that was begun last. Errors (refused): there is none, or its package is not below the folder of packages.
Result<std::vector<std::filesystem::path>> settle_way_back(const RunRequest& request);

// The folders below `folder` that hold a plan, sorted.
std::vector<std::filesystem::path> package_folders(const std::filesystem::path& folder);
// The folders of packages below `folder`, by the ids of their plans. Errors: a plan that cannot be read.
Result<std::map<std::string, std::filesystem::path>> packages_below(const std::filesystem::path& folder);

// --to as a phase; none where it was not given. Errors (usage).
Result<std::optional<Phase>> settle_phase(const std::string& word);

// Asks a question with a yes or a no on a terminal; without one only --yes goes on. Errors (refused): neither.
Result<bool> confirmed(const std::string& question, const RunRequest& request, Terminal& terminal);

}  // namespace forge
