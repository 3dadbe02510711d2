// What hangs on tables, or stands beside them: triggers, routines, policies, partitions. Added to a random pair.
#pragma once

#include <string>

#include "tests/support/random_schema.hpp"

namespace forge::test {

// Gives the pair triggers (and on PostgreSQL policies) on its tables, routines, and a partitioned table; in `after` they follow
// what is renamed, and some are changed, dropped or new. Says the statements that fill the partitioned table.
std::string add_objects(Pair& pair, Rng& rng, const GeneratorOptions& options);

// The pair's tables that random rows can be made for: those that are no part of a partitioned one.
Schema without_partitions(const Schema& schema);

}  // namespace forge::test
