// A step cut into what is done, or not done, as one.
#pragma once

#include <string>
#include <vector>

#include "engine/exec/running.hpp"

namespace forge {

struct Unit {
  enum class Kind {
    transaction,  // statements that stand or fall together, with their line in the journal
    alone,        // outside of a transaction
    walk,         // the step's rows, batch by batch
  };
  Kind kind = Kind::alone;
  std::vector<std::string> statements;  // transaction: all; alone: one, or more where they may be run again
  // alone: may be run once more from its beginning though it may have run already, in part or whole (session settings, IF
  // EXISTS, OR REPLACE, a statement that is put together from what stands in the catalog, a script that knows by itself how far
  // it is).
  bool again = false;
  // alone: what a new session has lost and must be told once more before it goes on.
  bool of_session = false;

  bool locks() const { return of_session && statements.front().starts_with("LOCK TABLE"); }
  bool unlocks() const { return of_session && statements.front().starts_with("UNLOCK "); }
};

// The units of a step in the direction of running; equal steps give equal units. Errors: SQL that the engine's client cannot cut.
Result<std::vector<Unit>> units_of(const Running& run, const Step& step, Way way);

}  // namespace forge
