// A serial column and the sequence behind it.
#pragma once

#include "engine/model/schema.hpp"

namespace forge {

// Spells a serial column out, as a number with a default and a sequence of its own, where the other state has a sequence
// of the name that the server gives the serial's: the two are one sequence, which is altered and not made twice.
// (PostgreSQL before 10 dumps every serial so that it reads as a bigint sequence.) Both states are in canonical form.
void align_serials(Schema& before, Schema& after);

}  // namespace forge
