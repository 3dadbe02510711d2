// Small finished plans, written by hand, for the tests of the package.
#pragma once

#include <string>

#include "engine/plan/plan.hpp"

namespace forge::test {

// orders (id, region, total) → orders (id, total, currency NOT NULL), with `currency` filled from `region`, for one of
// postgres, mysql, mariadb, sqlite: four steps, one per phase.
Plan sample_plan(const std::string& engine);

// The table before, with three rows, as statements for the engine's client.
std::string sample_seed(const std::string& engine);

// orders (id, code, amount, note) copied into orders__new: one step that moves rows. Nothing renders its statements.
Plan sample_copy_plan(const std::string& engine);

}  // namespace forge::test
