// What a switch asks before it begins: going on too early would leave rows or values behind.
#pragma once

#include "engine/base/error.hpp"
#include "engine/plan/plan.hpp"

namespace forge {

// Puts questions in front of the first step of each group that builds on what came before the switch: whether each backfill and
// copy has come to its end, and whether a value or a row stands in forgelua_sync_errors that the new column or the copy could not hold.
// Such a value is mended or given up by whoever runs the plan; its row in the log is then deleted.
Result<void> ask_before_switches(Plan& plan);

}  // namespace forge
