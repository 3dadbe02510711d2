// Runs a plan on a database: forward, and back.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "engine/exec/connection.hpp"
#include "engine/exec/listener.hpp"
#include "engine/exec/pace.hpp"
#include "engine/exec/plan_file.hpp"
#include "engine/exec/watch.hpp"
#include "engine/exec/witness.hpp"

namespace forge {

struct RunOptions {
  std::optional<Phase> to;       // the last phase that is run; none: all of them
  std::chrono::seconds wait{0};  // for another runner to end
  bool skip_bad_rows = false;
  PaceLimits limits;
  // Where a step fails (not where the run is stopped or held back), the steps that this run has carried out are undone again.
  bool back_on_failure = false;
  // Asked before each step and each batch; its error ends the run there.
  std::function<Result<void>()> may_go_on;
  // Asked of a step that destroys what no way back brings again (Step::loses_forward), before those of its phase that lead to it; its
  // error ends the run there.
  std::function<Result<void>(const Step&)> may_destroy;
  // Looked at before each step and each batch, and behind the last one; may be null. Where one of its figures asks for the way back,
  // the steps that this run has carried out are undone again.
  Watch* watch = nullptr;
  std::chrono::seconds watch_afterwards{0};
  // Asked before the first step of a plan that has not been begun: is the database what the plan begins with?
  std::function<Result<void>()> check_source;
  // Asked before the first step that is run, and between phases: its error ends the run there.
  std::function<Result<void>()> healthy;
  Witness* witness = nullptr;  // sees what each step takes
  // Asked between two phases, with the earlier one's application work, one line each: go on?
  std::function<bool(Phase next, const std::vector<std::string>& due)> gate;
};

struct RunResult {
  int steps = 0;                  // that were carried out by this run
  std::map<int, double> seconds;  // how long each of these took
  bool whole = false;             // every step of the plan has run (or none, on the way back)
};

// Takes the runner's lock, finds out how far the plan is, and carries it on: every step that is not done, up to `to`. Contract is
// not begun before the plan's bake time has passed since the step before it. Errors: locked; refused (drift, bake time, another
// plan of that id under way); partly once a step has been begun: the same call goes on.
Result<RunResult> apply_plan(const PlanFile& plan, Connections& connections, Listener& listener,
                             const RunOptions& options);

// The way back, last step first: all of it, or down to the beginning of the phase `to`. A step that was broken off is brought to
// its end first where something of it stands. Errors: as apply_plan.
Result<RunResult> roll_back_plan(const PlanFile& plan, Connections& connections, Listener& listener,
                                 const RunOptions& options);

}  // namespace forge
