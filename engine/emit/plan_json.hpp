// plan.json: docs/plan-json.md describes it.
#pragma once

#include <string>

#include "engine/emit/client.hpp"
#include "engine/plan/plan.hpp"

namespace forge {

inline constexpr int kPlanFormatVersion = 1;

// The whole document, with its final line end.
std::string plan_json(const Plan& plan, const Client& client);

}  // namespace forge
