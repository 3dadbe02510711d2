// Which fields the documents of a collection have, and of which types: from a sample, whose values never leave the server.
#pragma once

#include <vector>

#include "engine/db/session.hpp"
#include "engine/model/json.hpp"
#include "engine/model/table.hpp"

namespace forge {

// How many documents are looked at: half of them the first by _id, half the last, so that equal databases give equal answers.
inline constexpr int kMongoSample = 1000;

// The shapes of a sample: for each document a list of {k: name, t: type, f: the fields of an object, e: the shapes of an array's
// elements}. A time series has no index on _id: its sample is what comes first.
Result<std::vector<Json>> mongodb_shapes(Session& session, const std::string& collection, bool by_id);

// The fields that the shapes have and the table does not, as inferred fields in the order in which they were seen. An _id that is
// always an ObjectId is none.
std::vector<Column> inferred_fields(const std::vector<Json>& shapes, const Table& table);

}  // namespace forge
