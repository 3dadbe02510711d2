// Rows moved batch by batch.
#pragma once

#include "engine/exec/running.hpp"

namespace forge {

// Moves all rows of a work, along its walk, from where its progress says that it was broken off; at the beginning of a step
// (row.position 0, row.print empty) from the start. Each batch and its checkpoint are one transaction that the runner's epoch
// guards; its size follows the time that batches take. A row that cannot be converted or held stops the work, or is logged and left
// where `run.skip_bad_rows` says so. Errors: partly (asked to stop, or a bad row), locked, or what the server said.
Result<void> move_rows(Running& run, const Step& step, const Walk& walk, const Work& work, StepRow& row);

// How many rows of a step's walk have been kept aside, so that what it moved cannot be whole; 0 where it keeps none aside.
Result<long> rows_aside(Running& run, const Step& step, const Walk& walk);

}  // namespace forge
