// What a schema is known by in plans and status files.
#pragma once

#include <string>

#include "engine/model/schema.hpp"

namespace forge {

struct SchemaHashes {
  std::string before, after;
  std::string before_line;  // as schema_line writes it: whoever hashes a schema has its text in hand
};

// SHA-256 of each schema's canonical JSON (schema_json.hpp), in one line, but for what a schema says of where it was read. A table
// that both share is written out once.
SchemaHashes schema_hashes(const Schema& before, const Schema& after);

// A whole schema in one line, as JsonOf<Schema> writes it.
std::string schema_line(const Schema& schema);

}  // namespace forge
