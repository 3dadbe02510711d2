// Two states of one plan for MongoDB, of which one was read from a database: what its catalog does not tell is no difference.
#pragma once

#include "engine/model/spec.hpp"

namespace forge {

// What no database of MongoDB holds, as `stated` has it: foreign keys, and the names of checks.
void adopt_untold(Schema& read, const Schema& stated);

// Fields of which no validator speaks. One that was only seen in documents stays in a state where the other one states it, or takes
// its values by another name; it is then a field of that type whose values nothing enforces yet. Else it leaves the plan, and its
// documents stay as they are. To be called once both schemas are lowered and agree in their spelling.
void settle_unseen_fields(Spec& spec);

}  // namespace forge
