// Puts the steps of all groups into one order.
#pragma once

#include <vector>

#include "engine/base/error.hpp"
#include "engine/order/resources.hpp"
#include "engine/plan/step.hpp"

namespace forge {

// Takes out of created and dropped tables the foreign keys that close a circle among them, or that the order of operations
// within one step does not suit, and gives each a step of its own: behind the creations, or before the drops. A table that
// refers to itself keeps its key.
void split_mutual_foreign_keys(std::vector<Step>& steps);

// Takes the owner out of sequences that come or go together with the column that owns them and takes its default from
// them; each gets a step of its own that gives the owner behind the creation, or takes it before the drop.
void split_owned_sequences(std::vector<Step>& steps);

// PostgreSQL refuses a call that two routines of one name take, one of them by values of its own for the arguments that are left
// out: where one comes that takes the calls of one that goes, a single step of the switch replaces it.
void join_successors(std::vector<Step>& steps);

// Where a table that goes holds a name that a new table takes for a key (PostgreSQL), an index (SQLite too) or a foreign key (MySQL,
// MariaDB), the old one's gets another name in a step before, so that the new table need not wait until the old one has gone.
void give_up_names(std::vector<Step>& steps, NameScopes scopes);

// The rules, each an edge between two steps:
//   - what creates an object runs before what uses it;
//   - what uses an object, or stops using it, runs before what drops it;
//   - what frees a name runs before what takes it again; `scopes` says which names can clash between tables;
//   - the steps of one group keep their strategy's order, save that drops wait for what still uses the thing and users of a new thing for its maker; where two groups so wait for each other's middle, only what the
//     other rules ask for is kept of it;
//   - a phase runs whole before the next one begins. A step that must follow one of a later phase moves to that phase.
// Ties keep the order of the input, so equal input gives equal output. Steps come back numbered from 1, and operations say
// the names that hold when they run (retarget.hpp). Linear in the steps and what they name, times a logarithm.
// Tables that go first give up the names that new ones take (give_up_names).
// Errors (policy): steps that wait for each other; each note is one edge of the circle, as a sentence; what remake.hpp refuses.
Result<std::vector<Step>> order_steps(std::vector<Step> steps, const Schema& before, const Schema& after,
                                      NameScopes scopes = {});

// The operations of one step by the same rules; as given where they wait for each other.
std::vector<Change> sorted_operations(const std::vector<Change>& ops);

}  // namespace forge
