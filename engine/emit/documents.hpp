// The package's documents, each a pure function of the plan. FEATURES.md D3-D8 says what each holds.
#pragma once

#include <string>

#include "engine/emit/client.hpp"
#include "engine/plan/plan.hpp"

namespace forge {

std::string backfill_document(const Plan& plan, const Client& client);  // "" where no rows move
std::string risk_document(const Plan& plan);
std::string plan_document(const Plan& plan, const Client& client, const std::string& hash);
std::string runbook_document(const Plan& plan, const Client& client);

}  // namespace forge
