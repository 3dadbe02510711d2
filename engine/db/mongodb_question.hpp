// Questions about a catalog of MongoDB whose answer is yes or no: the documents that begin with "forgelua".
#pragma once

#include <functional>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/model/json.hpp"

namespace forge {

// The documents that a command gives, as extended JSON; none where its collection is not there.
using MongoDocuments = std::function<Result<std::vector<Json>>(const Json& command)>;

// Answers "has", "lacks", "validator" and "every" (docs/dialects/mongodb.md). Errors: those of `ask`; (spec) another question.
Result<bool> mongodb_holds(const Json& question, const MongoDocuments& ask);

}  // namespace forge
