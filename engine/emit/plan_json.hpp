// plan.json: docs/plan-json.md describes it.
#pragma once

#include <string>

#include "engine/emit/client.hpp"
#include "engine/plan/plan.hpp"

namespace forge {

inline constexpr int kPlanFormatVersion = 2;

// The whole document, with its final line end, and the hash in it (package.hpp, plan_hash).
struct FrozenPlan {
  std::string text;
  std::string hash;
};
FrozenPlan freeze(const Plan& plan, const Client& client);

}  // namespace forge
