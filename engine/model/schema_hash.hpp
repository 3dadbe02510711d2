// What a schema is known by in plans and status files.
#pragma once

#include <string>

#include "engine/model/schema.hpp"

namespace forge {

struct SchemaHashes {
  std::string before, after;
};

// SHA-256 of each schema's canonical JSON (schema_json.hpp), in one line. A table that both share is written out once.
SchemaHashes schema_hashes(const Schema& before, const Schema& after);

}  // namespace forge
