// Collections, validators, indexes and views of MongoDB become a Schema, from a live catalog or from the commands that make them.
#pragma once

#include <string>
#include <vector>

#include "engine/db/session.hpp"
#include "engine/model/json.hpp"
#include "engine/model/schema.hpp"

namespace forge {

// One collection or view as the catalog tells of it; extended JSON.
struct MongoCollection {
  std::string name;
  std::string type;  // "collection", "view", "timeseries"
  Json options = Json::object();
  std::vector<Json> indexes;  // as listIndexes gives them
  std::vector<Json> shapes;   // of a sample of its documents (mongodb_sample.hpp)
};

// The schema of these collections. Fields are those that a validator states, those that an index names, and those that the sample
// has, of which the last two are marked as inferred. What the model does not hold is in `unmanaged`. Collections of the server's
// own and of ours are left out.
Schema schema_of_collections(const std::vector<MongoCollection>& collections);

// Reads the database of a session of MongoDB.
Result<Schema> read_mongodb(Session& session);

// What commands that make a schema (`create`, `collMod`, `createIndexes`) leave in a catalog. Errors (internal): another command.
Result<std::vector<MongoCollection>> collections_of_commands(const std::vector<std::string>& commands);

}  // namespace forge
