#include "engine/cli/error_places.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/cli/target.hpp"
#include "engine/lua/header_place.hpp"

namespace forge {
namespace {

// What the specification says of a table. Changes carry its name in `before`; intents stand under the one in `after`.
const TableIntent* intent_of(const Intents& intents, const Change& change) {
  QName name = table_of(change);
  if (const auto* shell = std::get_if<Delta<TableShell>>(&change); shell && shell->after) name = shell->after->name;
  if (const auto found = intents.tables.find(name); found != intents.tables.end()) return &found->second;
  const auto renamed =
      std::ranges::find_if(intents.tables, [&](const auto& entry) { return entry.second.renamed_from == name; });
  return renamed == intents.tables.end() || name.empty() ? nullptr : &renamed->second;
}

std::optional<Place> placed(const Place& place) { return place.line > 0 ? std::optional(place) : std::nullopt; }

// Where the specification speaks of the object of a change.
std::optional<Place> place_of(const Intents& intents, const Change& change) {
  const auto* table = intent_of(intents, change);
  if (table == nullptr) return std::nullopt;
  if (const auto* column = std::get_if<Delta<Column>>(&change); column && column->after) {
    const auto said = table->columns.find(column->after->name);
    if (said != table->columns.end() && said->second.place.line > 0) return said->second.place;
  }
  return placed(table->place);
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
    error.place = place_of(prepared.spec.intents, changes[groups[group - 1].changes[number - 1]]);
    return error;
  }
  const auto stated = prepared.spec.header.find("strategy");
  if (stated != prepared.spec.header.end() && stated->second == prepared.context.strategy) {
    error.place = header_place(prepared.spec.file, "strategy", stated->second);
  }
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
