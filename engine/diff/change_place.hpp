// Where a specification speaks of what a change is about.
#pragma once

#include <optional>

#include "engine/diff/change.hpp"
#include "engine/model/spec.hpp"

namespace forge {

// The place of the object of a change, or of its table; nullopt where the specification writes neither out. Changes carry a table's
// name in `before`, intents stand under the one in `after`.
std::optional<Place> place_of_change(const Intents& intents, const Change& change);

}  // namespace forge
