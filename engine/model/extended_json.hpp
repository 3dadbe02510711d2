// Documents of MongoDB as extended JSON (https://www.mongodb.com/docs/manual/reference/mongodb-extended-json).
#pragma once

#include <string>

#include "engine/model/json.hpp"

namespace forge {

// The relaxed form of canonical or mixed extended JSON: numbers and dates as people write them. A whole number in a double is
// written without a fraction, as MongoDB compares the two as equal.
Json relaxed(const Json& value);

// Text of the relaxed form; text that is no JSON is given back as it is.
std::string relaxed_text(const std::string& text);

}  // namespace forge
