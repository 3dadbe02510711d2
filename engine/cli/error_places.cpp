#include "engine/cli/error_places.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/cli/target.hpp"
#include "engine/lua/spec_places.hpp"
#include "engine/model/places.hpp"

namespace forge {
namespace {

// Where the specification speaks of the object of a change. Changes carry a table's name in `before`; intents stand under the one in
// `after`.
std::optional<Place> place_of_change(const Intents& intents, const Change& change) {
  QName name = table_of(change);
  if (const auto* shell = std::get_if<Delta<TableShell>>(&change); shell && shell->after) name = shell->after->name;
  const auto renamed = std::ranges::find_if(
      intents.tables, [&](const auto& entry) { return !name.empty() && entry.second.renamed_from == name; });
  if (renamed != intents.tables.end() && !intents.tables.contains(name)) name = renamed->first;
  const auto* column = std::get_if<Delta<Column>>(&change);
  return place_of(intents, name, column && column->after ? column->after->name : std::string());
}

}  // namespace

Error at_the_policy(Error error, const Prepared& prepared) {
  const auto& policy = prepared.context.policy;
  const auto place = prepared.config_places.find("policy");
  const bool ours = !error.place || error.place->file.starts_with("stdlib/");
  if (ours && place != prepared.config_places.end() && error.message.find("'" + policy + "'") != std::string::npos) {
    error.place = place->second;
  }
  return error;
}

Error at_its_change(const UnservedWish& wish, const std::vector<Group>& groups, const std::vector<Change>& changes,
                    const Prepared& prepared) {
  Error error{ErrorCode::policy, wish.message, wish.hint, {}, {}, {}};
  const auto group = static_cast<std::size_t>(wish.group), number = static_cast<std::size_t>(wish.change);
  const bool of_one = group >= 1 && group <= groups.size() && number >= 1 && number <= groups[group - 1].changes.size();
  if (of_one) {
    error.place = place_of_change(prepared.spec.intents, changes[groups[group - 1].changes[number - 1]]);
    return error;
  }
  const auto stated = prepared.spec.header.find("strategy");
  if (stated != prepared.spec.header.end() && stated->second == prepared.context.strategy) {
    error.place = header_place(prepared.spec.file, "strategy", stated->second);
  }
  return error;
}

Error at_its_object(Error error, const LoweredObject& about, const Spec& spec) {
  if (error.place) return error;
  // Only columns of which more is said than what they are have a place of their own.
  const auto& name = about.name.empty() ? about.column : about.name;
  if (const auto place = place_of(spec.intents, about.object, about.column)) error.place = name_place(*place, name);
  return error;
}

Result<void> check_targets(const std::string& file, const std::vector<std::string>& targets) {
  for (const auto& target : targets) {
    auto known = parse_target(target);
    if (known) continue;
    auto error = std::move(known).error();
    error.code = ErrorCode::spec;
    error.message = fmt::format("'targets' of the specification: {}", error.message);
    error.place = header_place(file, "targets", target);
    return fail(std::move(error));
  }
  return {};
}

}  // namespace forge
