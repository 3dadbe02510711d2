// .forge-status.yml: what a project's other tools read about its phases.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/error.hpp"
#include "engine/plan/plan.hpp"

namespace forge {

// The file's text with this plan's entry: `phases.migration_plan` and `migration`. Everything else in `existing` stays
// byte for byte, comments too; keys that stand inside those two and are not ours are kept. `folder` is the package's
// folder as the status file sees it, "migrations/2026_09_orders"; `at` is when the phase ended; `file` names the status file
// in errors.
// Errors (spec, limit): `existing` is not the strict YAML of engine/base/yaml.hpp, or `phases` is no map.
Result<std::string> updated_status(std::string_view existing, const std::string& file, const Plan& plan,
                                   const std::string& folder, const std::string& at);

}  // namespace forge
