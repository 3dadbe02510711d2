// What everything that runs a plan shares.
#pragma once

#include <functional>
#include <string>

#include "engine/db/session.hpp"
#include "engine/exec/journal.hpp"
#include "engine/exec/listener.hpp"
#include "engine/exec/pace.hpp"
#include "engine/exec/plan_file.hpp"
#include "engine/exec/runner_lock.hpp"
#include "engine/exec/witness.hpp"

namespace forge {

struct Running {
  const PlanFile& plan;
  Session& work;  // does what the plan says; holds the runner's lock
  Journal&
      journal;  // through `work`, but where DDL commits by itself and locked tables shut others out (MySQL, MariaDB) through
                // a session of its own
  RunnerLock& lock;
  Listener& listener;
  bool skip_bad_rows = false;
  PaceLimits limits;
  std::function<Result<void>()> may_go_on;  // asked before each step and batch; may be empty
  Witness* witness = nullptr;  // where there is one, locks are not asked for ahead: it sees what statements take
  double commit_ms = 0;        // how long the last COMMIT took
  int compared = 0;            // the step whose rows have just been found to be as they should be
  bool held = false;           // the run ends as it was asked to or held back, not by a failure

  const Client& client() const { return plan.client; }
  // A unit's end and its line in the journal can be one transaction.
  bool one_transaction() const { return !plan.client.mysql(); }
};

// The error of a runner that was asked to stop and has (partly: exit 5).
Error stopped_error(const Step& step, const std::string& where);

}  // namespace forge
