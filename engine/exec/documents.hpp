// The loop over the documents of a collection that a statement {"forgelua": "update"} of a plan stands for.
#pragma once

#include <string>

#include "engine/exec/running.hpp"

namespace forge {

bool is_document_loop(const std::string& statement);

// Changes the documents batch by batch along _id, its checkpoint in forgelua_backfill_progress. One that cannot be changed stops the
// work, or is kept aside in forgelua_backfill_errors where that was asked for; changed documents match no more, so that a batch may
// be done twice. Errors: as move_rows.
Result<void> move_documents(Running& run, const Step& step, const std::string& statement, StepRow& row);

// How many documents of a step have been kept aside.
Result<long> documents_aside(Running& run, const Step& step);

}  // namespace forge
