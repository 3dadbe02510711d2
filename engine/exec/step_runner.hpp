// Carries out one step, from wherever it stands to its end.
#pragma once

#include "engine/exec/running.hpp"
#include "engine/exec/units.hpp"

namespace forge {

// The value of an assertion's query. Errors (database).
Result<std::string> asked(Session& session, const std::string& sql);

// Asks each; the first that does not hold is the error (refused where nothing of the step has been done, else partly).
Result<void> check_all(Running& run, const Step& step, const std::vector<Assertion>& checks, ErrorCode code);

// Forward: the checks before it, its units, the checks after it. Backward: its units (who goes back asks checks_back of all steps
// first). `row` says how far the step is and is kept up to date, in the journal too; a unit of which it is not known whether it has
// run is found out about in the catalog. Errors: locked, partly (asked to stop), or what the server said.
Result<void> run_step(Running& run, const Step& step, Way way, StepRow& row);

}  // namespace forge
