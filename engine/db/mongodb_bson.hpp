// Documents of extended JSON as the driver takes them. For db alone, as it names the driver's types.
#pragma once

#include "engine/base/error.hpp"
#include "engine/db/mongodb_client.hpp"
#include "engine/model/json.hpp"

namespace forge {

// A document of the driver's. Its type is aligned in a way of its own, which a smart pointer would lose.
class Bson {
 public:
  Bson() : document_(libmongoc().bson_new()) {}
  Bson(Bson&& other) noexcept : document_(std::exchange(other.document_, nullptr)) {}
  Bson(const Bson&) = delete;
  Bson& operator=(const Bson&) = delete;
  Bson& operator=(Bson&&) = delete;
  ~Bson() { libmongoc().bson_destroy(document_); }
  bson_t* get() const { return document_; }

 private:
  bson_t* document_;
};

// An object of extended JSON as BSON. The driver's own reader takes operators of queries ($type with a list, $regex) for values of
// extended JSON: only what is one for sure is read by it. Errors (spec): such a value is not well formed; a name has a zero byte in it.
Result<Bson> bson_of(const Json& object);

}  // namespace forge
