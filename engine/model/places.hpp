// Where a specification speaks of an object.
#pragma once

#include <optional>
#include <string>

#include "engine/model/spec.hpp"

namespace forge {

// The place of the object, or of the column of a table where that has one of its own; nullopt where the specification does not
// write it out. A table is called as after the migration, or before it if it goes.
std::optional<Place> place_of(const Intents& intents, const QName& object, const std::string& column);

}  // namespace forge
