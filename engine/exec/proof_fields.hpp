// MongoDB: the values that made-up documents hold, by what a JSON schema says of a field.
#pragma once

#include <cstdint>
#include <string>

#include "engine/model/json.hpp"
#include "engine/model/schema.hpp"

namespace forge {

// What may stand in a field, as a JSON schema. Besides MongoDB's words: "as_text", a value of it as a text; "whole", no fraction.
Json schema_of_field(const Column& column);

// What both can hold, where a plan makes the second of the first.
Json schema_within(const Json& first, const Json& second);
// Whether a value may be of both as it is.
bool share_a_type(const Json& first, const Json& second);

// A value, as extended JSON, by a number: of numbers that follow each other the values differ as far as the schema allows.
Json value_of_schema(const Json& schema, std::uint64_t number);

// A text that a regular expression matches, as far as it is made of characters, classes, groups and repetitions.
std::string text_of_pattern(const std::string& pattern, std::uint64_t number);

}  // namespace forge
