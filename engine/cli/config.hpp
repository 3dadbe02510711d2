// forgelua.yml, and what .product-forge/config.yml says about the database.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/exec/health.hpp"
#include "engine/exec/pace.hpp"
#include "engine/exec/watch.hpp"

namespace forge {

struct EnvironmentConfig {
  std::string url;  // a URL, or `env:NAME` for the value of that environment variable; never printed
  bool require_approval = false;
  bool require_proof = false;            // `forgelua test` has proved the plan, before anything of it is applied
  bool require_second_approval = false;  // of a step that destroys what no way back brings again
  std::string maintenance_window;        // "02:00-04:00 UTC", or ""
  std::string irreversible_window;       // likewise, of such a step
  std::string point_in_time;             // a command of the shell that recovers to {timestamp}, or ""
};

struct Config {
  std::string file;                   // "" where the project has none: every key is at its default
  std::string db;                     // as in --db: "postgres", "mysql:8.4"; "" is not stated
  std::string environment;            // the one that commands mean where none is named; "" is not stated
  std::string strategy;               // asked for everywhere; the policy may refuse it
  std::string policy;                 // a module's name
  std::string organisation;           // the folder of the organisation's modules
  std::string output = "migrations";  // packages are written to <output>/<id>
  std::string bake = "7d";
  std::string dev_url;
  bool auto_backup = false;
  int keep_backups = 7;
  bool rollback_on_failure = false;
  bool pre_check = true, safety_check = true, performance_analysis = true;
  PaceLimits throttle;  // URLs of replicas may be env:NAME here
  std::map<std::string, EnvironmentConfig> environments;
  std::map<std::string, double> thresholds;  // name → the figure that raises the alarm
  std::map<std::string, Place> places;       // where "policy" and "thresholds.NAME" stand in the file
  std::vector<HealthCheck> health_checks;
  WatchList watch;
};

// Errors (spec, limit) name file, line and column: an unknown key, with the one that was probably meant; a value of the
// wrong kind; whatever engine/base/yaml.hpp refuses.
Result<Config> read_config(std::string_view text, const std::string& file);

// `folder`/forgelua.yml, or the defaults where there is none.
Result<Config> load_config(const std::filesystem::path& folder);

// The engine that `project_tech_stack` in .product-forge/config.yml names: "postgres", "mysql:8.4"; nothing where it
// names none. Errors (spec): it names several, and the message lists them.
Result<std::optional<std::string>> stack_engine(std::string_view text, const std::string& file);
Result<std::optional<std::string>> load_stack_engine(const std::filesystem::path& folder);

}  // namespace forge
