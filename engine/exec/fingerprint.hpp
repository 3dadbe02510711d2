// Whether a statement that stood in no transaction of ours has run.
#pragma once

#include <string>

#include "engine/exec/running.hpp"
#include "engine/exec/units.hpp"

namespace forge {

// A hash of what the catalog says of everything that the unit names: what others make or change beside it does not count. One
// statement of DDL is done or not done; where the hash is the one that was noted before it, it is not.
Result<std::string> fingerprint(Running& run, const Unit& unit);

// PostgreSQL: takes away what a CREATE INDEX CONCURRENTLY of this step has left unfinished.
Result<void> drop_invalid_indexes(Running& run, const Step& step);

// PostgreSQL: brings to its end a DETACH PARTITION … CONCURRENTLY that was broken off between its two transactions.
Result<void> finish_detaching(Running& run, const Unit& unit);

}  // namespace forge
