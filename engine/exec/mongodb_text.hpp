// Commands of MongoDB on our own collections, and what they give.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/db/session.hpp"
#include "engine/model/json.hpp"

namespace forge {

// The documents that a command gives, as canonical extended JSON.
Result<std::vector<Json>> mongodb_documents(Session& session, const Json& command);

// Whose _id a comparison ("$gt", "$lt", "$lte") holds of, in the order of an index over _ids of several types.
Json mongodb_beside(const char* comparison, const Json& value);

// Which documents of a collection are read, and from which end.
struct DocumentWalk {
  static constexpr std::int64_t kAll = INT64_MAX;
  std::int64_t most = kAll;
  bool newest_first = false;
  bool by_id =
      true;  // in pages along _id; else (a time series, whose documents need not have one) all at once, as they come
};
// Gives every one of them to `each`, as canonical extended JSON, and keeps none of them.
Result<void> mongodb_walk(Session& session, const std::string& collection, const DocumentWalk& walk,
                          const std::function<Result<void>(const Json&)>& each);

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
