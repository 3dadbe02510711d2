// Old rows against new ones, while a step's work leaves both in place.
#pragma once

#include <vector>

#include "engine/emit/client.hpp"

namespace forge {

// Each is one query, so it sees one snapshot however many writers go on beside it. Of a backfill: the work's own
// verification, no unfilled row, a random sample of 100 rows. Of a copy: counts, keys missing on either side, sums of
// numbers, and every common row compared column by column.
std::vector<Assertion> comparisons(const Plan& plan, const Client& client, const Step& step);

}  // namespace forge
