// Puts the steps of all groups into one order.
#pragma once

#include <vector>

#include "engine/base/error.hpp"
#include "engine/plan/step.hpp"

namespace forge {

// Takes foreign keys out of created tables where they form a circle, and adds each as a step of its own behind the
// creations. Where an engine lets a table be created before the one it refers to, nothing needs to be split.
void split_mutual_foreign_keys(std::vector<Step>& steps);

// The rules, each an edge between two steps:
//   - what creates an object runs before what uses it;
//   - what frees a name runs before what takes it again;
//   - what stops using an object runs before what drops it;
//   - what uses an object that goes runs before what drops it;
//   - the steps of one group keep their strategy's order;
//   - a phase runs whole before the next one begins. A step that must follow one of a later phase moves to that phase.
// Ties keep the order of the input, so equal input gives equal output. Steps come back numbered from 1, and
// operations on a table that an earlier step renames are told its new name. Linear in the steps and what they name.
// Errors (internal): steps that wait for each other; the message lists them as sentences.
Result<std::vector<Step>> order_steps(std::vector<Step> steps, const Schema& before);

}  // namespace forge
