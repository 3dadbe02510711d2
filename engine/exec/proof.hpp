// A plan run there and back on a copy of its database, and what came of it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/emit/evidence.hpp"
#include "engine/exec/listener.hpp"
#include "engine/exec/plan_file.hpp"

namespace forge {

// A copy, with its rows, as the plan begins.
struct ProofCopy {
  std::string url;
  Schema schema;
  // How its schema differs from the one that the plan ends with, and from the one at the start; one line each.
  std::function<Result<std::vector<std::string>>()> differs_from_end, differs_from_start;
};

// Runs every step by the executor of `apply` (the bake is not waited for), asks the final checks, takes all of it back, and compares
// schema and rows with the start. What it finds goes into `evidence`: whatever speaks against the package is one of its failures.
// Errors: only what has nothing to do with the package, such as a copy that cannot be reached.
Result<void> prove(const PlanFile& plan, const ProofCopy& copy, Listener& listener, Evidence& evidence);

}  // namespace forge
