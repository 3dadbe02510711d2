// From two schemas to the changes between them.
#pragma once

#include <string>
#include <vector>

#include "engine/diff/change.hpp"
#include "engine/model/spec.hpp"

namespace forge {

struct ChangeSet {
  // One change per object, in a stable order that is not yet an order of running: schemas, enums, sequences, then each
  // table by name with its parts, then views, then raw SQL.
  std::vector<Change> changes;
  // For people: a drop beside an add that looks like a rename, with the line to paste.
  std::vector<std::string> notes;
};

// What turns `before` into `after`. Renames that `intents` declares are taken as such, and what merely follows them (an
// index over a renamed column) is no change. A member of a renamed table carries the name that the table has in `before`,
// and so does the target of a foreign key; each change's `before` is the object as it stands in `before`, save that a member
// which only changes its name is given with columns under their new names.
// Equivalent schemas give no change. Both are expected in canonical form (engine/model/lower.hpp).
ChangeSet diff(const Schema& before, const Schema& after, const Intents& intents = {});

// What data can go with the change, in words: "the values of orders.total"; empty where none can.
std::string loses_of(const Change& change);

}  // namespace forge
