// The flow from a spec to a finished plan, as every command uses it.
#pragma once

#include <map>
#include <string>

#include "engine/diff/diff.hpp"
#include "engine/lua/machine.hpp"
#include "engine/lua/planner.hpp"
#include "engine/model/lower.hpp"
#include "engine/plan/plan.hpp"

namespace forge {

// A spec read for one engine, in canonical form, with what is needed to plan it.
struct Prepared {
  DialectMachine machine;
  Spec spec;
  PlanningContext context;
  std::string bake = "7d";                     // from the configuration
  std::string output = "migrations";           // the folder of packages, likewise
  std::map<std::string, double> thresholds;    // of the configuration: name → the figure that raises the alarm
  std::map<std::string, Place> config_places;  // where the configuration says what (Config::places)
};

// How an engine makes the names that nobody gave.
Naming naming_of(const std::string& engine);

// Brings one schema into the engine's canonical form; what the engine cannot hold goes into `notes`.
Result<void> lower_schema(Schema& schema, DialectHost& dialect, std::vector<std::string>& notes);

// Brings both of a spec's schemas into the engine's canonical form; what the engine cannot hold goes into spec.notes.
Result<void> lower_spec(Spec& spec, DialectHost& dialect);

// Diff, groups, policy, strategies, order, checks, rendering: everything between a prepared spec and its package. A plan
// without changes has no steps. Errors as ask_planner, check_plan and render give them.
Result<Plan> make_plan(Prepared& prepared, const std::string& now);

}  // namespace forge
