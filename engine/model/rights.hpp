// Who may do what, and whose rights an object runs with: what some sources of a schema tell and others do not.
//
// A live database tells of grants, owners and definers. A script of MySQL's seldom states a grant, what it says of definers
// is about accounts of another server, and a script of PostgreSQL's or a spec may name no owner. What one state of a pair
// does not tell stays as the other has it: nothing is granted, revoked or given away because a file is silent.
#pragma once

#include "engine/model/schema.hpp"
#include "engine/model/spec.hpp"

namespace forge {

// Gives each of the two states what it does not tell and the other does: definers and owners of what both have; grants, where
// one tells nothing of grants at all. `intents` says which tables and columns of `after` are called otherwise in `before`.
void settle_rights(Schema& before, Schema& after, const Intents& intents);

// Does the schema state any grant?
bool states_grants(const Schema& schema);

// Takes off every definer: what a database for development has there is its own user.
void forget_definers(Schema& schema);

// Takes off the definers that are this account: whoever makes the objects anew has it by default.
void forget_definer(Schema& schema, const std::string& account);

}  // namespace forge
