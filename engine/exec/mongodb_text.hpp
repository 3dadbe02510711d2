// Commands of MongoDB on our own collections, and what they give.
#pragma once

#include <string>
#include <vector>

#include "engine/db/session.hpp"
#include "engine/model/json.hpp"

namespace forge {

// The documents that a command gives, as canonical extended JSON.
Result<std::vector<Json>> mongodb_documents(Session& session, const Json& command);

// Changes the one document that matches `q` by a pipeline; returns how many have been changed: with `writes` counted up in it, that is how
// many have matched. With `upsert` it is made where it is not there.
Result<long> mongodb_change(Session& session, const std::string& collection, const Json& q, Json set,
                            bool upsert = false);

// A text as an expression of a pipeline.
inline Json mongodb_text(std::string_view text) { return {{"$literal", std::string(text)}}; }

// A whole number, a text and an instant ("2026-01-31T12:00:00Z") of a document; 0 or "" where there is none.
long mongodb_number(const Json& document, const char* name);
std::string mongodb_word(const Json& document, const char* name);
std::string mongodb_instant(const Json& document, const char* name);

}  // namespace forge
