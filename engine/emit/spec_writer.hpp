// Writes schemas in the spec language, as a person would have written them.
#pragma once

#include <string>

#include "engine/model/spec.hpp"

namespace forge {

// Tables, or collections with their fields (MongoDB).
enum class SpecForm { tables, collections };

// The `schema { … }` block of a schema, indented by `indent` spaces; intents (renames, backfills, strategies asked for)
// stand on the columns and tables that they are about.
std::string write_schema(const Schema& schema, const Intents& intents, int indent = 2,
                         SpecForm form = SpecForm::tables);

// A whole spec: its id, both states, its intents and hints. Reading it back gives an equal spec.
std::string write_spec(const Spec& spec, SpecForm form = SpecForm::tables);

}  // namespace forge
