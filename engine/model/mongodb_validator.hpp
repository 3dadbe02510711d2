// Validators of MongoDB in the model's words, and in one spelling.
#pragma once

#include <string>

#include "engine/model/json.hpp"
#include "engine/model/schema.hpp"

namespace forge {

// The one spelling of a JSON schema: the members of schemas by name, behind `bsonType`; lists of types and of required fields
// sorted, `null` last; what says nothing is left out. Values (enum, default) stay as they are.
Json normal_schema(const Json& schema);

// Whether two validators ask the same, as far as their spelling alone tells them apart.
bool same_validator(const Json& a, const Json& b);

// What a JSON schema says of the field `name`: its type, whether it may be missing or null, and the rest as its rules.
Column field_of_schema(const std::string& name, const Json& schema, bool required);

// The fields and the rest of what a validator says: columns, options and checks of the table, which has its name and none yet. No
// catalog keeps the names of checks: they are made of the table's.
void read_validator(Table& table, const Json& validator);

// A field of documents that no validator states, seen in some of them.
Column inferred_field(const std::string& name, const Json& schema);
bool is_inferred(const Column& column);

// A field of which no validator says anything: it is inferred, or of any type and without rules. No catalog tells of it.
bool is_silent(const Column& column);

// Whether documents may hold no other fields than those that are stated.
bool is_closed(const Table& table);

// Takes out what no catalog tells of; the validator of a closed collection tells of every field that is stated.
void leave_out_silent_fields(Schema& schema);

}  // namespace forge
