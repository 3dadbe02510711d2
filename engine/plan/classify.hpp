// Classification of changes where a policy left it open: risk, reversibility, compatibility.
#pragma once

#include <string>
#include <vector>

#include "engine/plan/plan.hpp"

namespace forge {

// Fills the fields of PlannedChange that are marked "filled", and a step's empty `risk` and `seconds` of 0. What a policy stated is
// kept, save that a destructive change is high risk whatever a policy says.
void complete(Plan& plan);

// How long a step takes, in seconds, by the rows that it moves, reads or writes anew; kUnknownSeconds where nobody
// states how many those are. The rates are measured ones (estimate.cpp); a busy server is slower.
inline constexpr double kUnknownSeconds = -1;
double estimate(const Plan& plan, const Step& step);
// The same for its way back, once the step's own `seconds` are filled: rows are only moved back where `reverse_work` says so, and the
// rest costs what the way there did.
double estimate_back(const Step& step);

// Whether the change can be taken back: "yes"; "data-dependent" where it depends on the rows; "destructive" where
// data goes with it.
std::string reversibility(const Change& change);

// low, medium or high: what the change would risk if it were run as one plain statement on a busy table.
std::string plain_risk(const Change& change);

// The steps whose operations or rows touch the change's object, under its old name, its new one or a name that the
// strategies derive from it. The numbers ascend.
std::vector<int> steps_of(const Plan& plan, const PlannedChange& change);

// Releases in the order in which they must go out, each a line such as "schema: expand (steps 1-3)".
std::vector<std::string> releases(const Plan& plan);

// How many of them are of the schema, and how many of the application: "3 of the schema, 1 of the application".
std::string release_counts(const Plan& plan);

}  // namespace forge
