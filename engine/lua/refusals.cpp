#include "engine/lua/refusals.hpp"

#include <fmt/format.h>

#include "engine/diff/change_place.hpp"

namespace forge {
namespace {

// At the change that is refused, or the first of its group that the specification writes out.
std::optional<Place> place_of_refusal(const GroupAnswer& answer, const Group& group, const std::vector<Change>& changes,
                                      const Spec& spec) {
  std::optional<Place> place;
  const auto number = static_cast<std::size_t>(answer.refused_change);
  if (number >= 1 && number <= group.changes.size()) {
    place = place_of_change(spec.intents, changes[group.changes[number - 1]]);
  }
  for (const auto index : group.changes) {
    if (!place) place = place_of_change(spec.intents, changes[index]);
  }
  return place;
}

}  // namespace

Result<void> check_refusals(const PlannerAnswer& answer, const std::vector<Group>& groups,
                            const std::vector<Change>& changes, const Spec& spec) {
  for (std::size_t i = 0; i < answer.groups.size(); ++i) {
    const auto& group = answer.groups[i];
    if (group.refused.empty()) continue;
    Error error{ErrorCode::refused,
                fmt::format("the policy refuses the changes of '{}': {}", group.id, group.refused),
                "",
                place_of_refusal(group, groups[i], changes, spec),
                {},
                {}};
    for (const auto& item : group.action_items) error.notes.push_back("to do: " + item);
    for (const auto& choice : group.choices) {
      if (!choice.rule.empty()) error.notes.push_back(fmt::format("rule '{}' in {}", choice.rule, choice.file));
    }
    return fail(std::move(error));
  }
  return {};
}

}  // namespace forge
