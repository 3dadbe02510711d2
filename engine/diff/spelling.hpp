// How expressions are spelled that the two schemas of a spec mean alike.
#pragma once

#include "engine/model/schema.hpp"

namespace forge {

// Gives the columns, keys, indexes, checks and exclusions of `after` that mean the same as those of `before` the spelling of the
// latter: no change is planned for them, so that is what they have when the plan has run.
void keep_spelling(const Schema& before, Schema& after);

}  // namespace forge
