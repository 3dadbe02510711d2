// A step cut into what is done, or not done, as one.
#pragma once

#include <string>
#include <vector>

#include "engine/exec/running.hpp"

namespace forge {

enum class Way { forward, backward };

struct Unit {
  enum class Kind {
    transaction,  // statements that stand or fall together, with their line in the journal
    alone,        // one statement outside of a transaction
    walk,         // the step's rows, batch by batch
  };
  Kind kind = Kind::alone;
  std::vector<std::string> statements;  // transaction: all; alone: one
  // alone: may be run once more though it may have run already (session settings, IF EXISTS, OR REPLACE, a script that knows by
  // itself how far it is).
  bool again = false;
  // alone: what a new session has lost and must be told once more before it goes on.
  bool of_session = false;
};

// The units of a step in the direction of running; equal steps give equal units. Errors: SQL that the engine's client cannot cut.
Result<std::vector<Unit>> units_of(const Running& run, const Step& step, Way way);

}  // namespace forge
