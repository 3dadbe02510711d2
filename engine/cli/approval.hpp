// What must have been said of a plan before it is run, where the environment asks for it (forgelua.yml, `environments`).
#pragma once

#include <string>

#include "engine/base/error.hpp"
#include "engine/cli/config.hpp"
#include "engine/cli/run_target.hpp"
#include "engine/exec/plan_file.hpp"

namespace forge {

// Errors (refused), of each: what is missing, and how it is given. `environment` is null where the database was named by its URL.

// `requireApproval`: the plan's hash was given. One that was given must be this plan's, asked for or not.
Result<void> approved(const RunRequest& request, const EnvironmentConfig* environment, const PlanFile& plan);

// `requireProof`: `forgelua test` has proved this very plan.
Result<void> proved(const EnvironmentConfig* environment, const PlanFile& plan);

// `requireSecondApproval`, `irreversibleWindow`: of a step that destroys what no way back brings again. The second approval is bound
// to the plan as the first is, and is another text.
Result<void> may_destroy(const RunRequest& request, const EnvironmentConfig* environment, const PlanFile& plan,
                         const Step& step);

// What the second approval of the plan gives.
std::string second_hash(const PlanFile& plan);

}  // namespace forge
