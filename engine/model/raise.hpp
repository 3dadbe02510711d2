// The way back from lowering: a schema as a person would state it.
#pragma once

#include "engine/model/lower.hpp"
#include "engine/model/schema.hpp"

namespace forge {

// Leaves out what lowering would fill in again: names of keys, foreign keys and checks that the engine would give by
// itself, NOT NULL of a primary key's, an identity's and a serial's columns. Lowering the result gives the schema back.
Schema raised(const Schema& schema, Naming naming);

}  // namespace forge
