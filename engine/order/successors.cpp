// A routine that gets more arguments, each with a value of its own, is another one to the server.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "engine/model/sql/text.hpp"
#include "engine/order/order.hpp"
#include "engine/plan/plan.hpp"

namespace forge {
namespace {

// The routine that the step's one operation makes or takes away; null for any other step.
const Definition* routine_of(const Step& step, bool made) {
  if (step.ops.size() != 1) return nullptr;
  const auto* delta = std::get_if<Delta<Definition>>(&step.ops.front());
  if (!delta || (made ? delta->before : delta->after)) return nullptr;
  const auto& side = made ? delta->after : delta->before;
  return side && (side->kind == "function" || side->kind == "procedure") ? &*side : nullptr;
}

// "integer, text" of the name "function f(integer, text)".
std::string arguments_of(const Definition& one) {
  const std::string& name = one.name.name;
  const auto open = name.find('('), close = name.rfind(')');
  return open == std::string::npos || close < open ? std::string() : name.substr(open + 1, close - open - 1);
}

// May `made` be called with the arguments of `gone` alone? Those that it has beside them must have values then.
bool takes_calls_of(const Definition& made, const Definition& gone) {
  if (made.kind != gone.kind || called_name(made) != called_name(gone)) return false;
  const auto less = arguments_of(gone), more = arguments_of(made);
  if (more == less || !(less.empty() || more.starts_with(less + ", "))) return false;
  const auto tokens = sql_tokens(made.create);
  return std::ranges::any_of(
      tokens, [](const Token& token) { return token_names(token, "default") || token_names(token, "variadic"); });
}

void take_over(Step& step, const Step& other, const Definition& made, const Definition& gone) {
  step.title = fmt::format("Replace the {} by {}({})", gone.name.name, called_name(made), arguments_of(made));
  step.why = "beside each other, a call with the arguments of the one would not tell which of them it means";
  step.phase = Phase::switch_over;
  step.ops.insert(step.ops.begin(), other.ops.front());
}

}  // namespace

void join_successors(std::vector<Step>& steps) {
  std::vector<const Step*> joined;
  const auto is_joined = [&](const Step& step) { return std::ranges::find(joined, &step) != joined.end(); };
  for (auto& step : steps) {
    const auto* made = routine_of(step, true);
    if (!made) continue;
    const Definition successor = *made;  // the operation moves below
    for (const auto& other : steps) {
      const auto* gone = routine_of(other, false);
      if (!gone || !takes_calls_of(successor, *gone) || is_joined(other)) continue;
      take_over(step, other, successor, *gone);
      joined.push_back(&other);
    }
  }
  std::vector<Step> left;
  left.reserve(steps.size());
  for (auto& step : steps) {
    if (!is_joined(step)) left.push_back(std::move(step));
  }
  steps = std::move(left);
}

}  // namespace forge
