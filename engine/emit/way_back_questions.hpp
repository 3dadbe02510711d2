// What a way back asks before it undoes anything, under the names that hold where it begins.
#pragma once

#include <vector>

#include "engine/emit/client.hpp"
#include "engine/plan/step.hpp"

namespace forge {

// The checks_back of the steps that one script takes back, in the order in which it undoes them. A step states its questions
// under the names that it leaves; where a later step of the script renames a table or a column, or drops a table whose rows are
// kept in another one, the question follows, and its title says how the thing is called by then.
std::vector<Assertion> way_back_questions(const Client& client, const std::vector<const Step*>& undone);

}  // namespace forge
