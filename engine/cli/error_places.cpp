#include "engine/cli/error_places.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/cli/target.hpp"
#include "engine/diff/change_place.hpp"
#include "engine/lua/spec_places.hpp"
#include "engine/model/derived_names.hpp"
#include "engine/model/places.hpp"

namespace forge {
namespace {

// "'t__new'" is the user's t, and 'unnamed:foreign_key:b' is said by its columns.
std::string in_users_words(const std::string& text) {
  std::string out;
  std::size_t done = 0;
  while (true) {
    const auto open = text.find('\'', done);
    const auto close = open == std::string::npos ? open : text.find('\'', open + 1);
    if (close == std::string::npos) break;
    auto name = text.substr(open + 1, close - open - 1);
    if (name.starts_with("unnamed:")) name = "(" + name.substr(name.rfind(':') + 1) + ")";
    out += text.substr(done, open + 1 - done) + own_name(name) + "'";
    done = close + 1;
  }
  return out + text.substr(done);
}

bool says(const Error& error, const std::string& id) {
  const auto quoted = "'" + id + "'";
  return error.message.find(quoted) != std::string::npos ||
         std::ranges::any_of(error.notes, [&](const auto& note) { return note.find(quoted) != std::string::npos; });
}

// The change that a text speaks of: of the object that it names first, else the first one.
const Change& spoken_of(const std::string& text, const std::vector<const Change*>& changes) {
  const Change* out = changes.front();
  auto first = std::string::npos;
  for (const auto* change : changes) {
    const auto table = display(table_of(*change));
    for (const auto& name : {object_of(*change), table}) {
      const auto at = name.empty() ? std::string::npos : text.find("'" + name + "'");
      if (at < first) {
        first = at;
        out = change;
      }
    }
  }
  return *out;
}

}  // namespace

Error at_the_policy(Error error, const Prepared& prepared) {
  const auto& policy = prepared.context.policy;
  const auto place = prepared.config_places.find("policy");
  const bool ours = !error.place || error.place->file.starts_with("stdlib/");
  if (!ours || policy.empty() || error.message.find("'" + policy + "'") == std::string::npos) return error;
  error.place.reset();
  const auto stated = prepared.spec.header.find("policy");
  if (place != prepared.config_places.end()) {
    error.place = place->second;
  } else if (stated != prepared.spec.header.end() && stated->second == policy) {
    error.place = header_place(prepared.spec.file, "policy", policy);
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

Error at_its_step(Error error, const std::vector<StepOfGroup>& steps, const std::vector<Group>& groups,
                  const std::vector<Change>& changes, const Prepared& prepared) {
  if (error.place || error.code != ErrorCode::policy || changes.empty()) return error;
  const auto found = std::ranges::find_if(steps, [&](const auto& step) { return says(error, step.id); });
  std::vector<const Change*> about;
  for (const auto& group : groups) {
    if (found != steps.end() && group.id != found->group) continue;
    for (const auto index : group.changes) about.push_back(&changes[index]);
  }
  const auto prefix = found == steps.end() ? std::string() : fmt::format("step '{}'", found->id);
  if (!prefix.empty() && error.message.starts_with(prefix)) {
    error.notes.insert(error.notes.begin(), fmt::format("in {} ({})", prefix, found->title));
    const auto what = error.message.substr(std::min(error.message.size(), prefix.size() + 2));
    error.message = fmt::format("this cannot be planned by strategy '{}': {}", found->strategy, what);
  }
  error.message = in_users_words(error.message);
  const bool used = error.message.find(" still ") != std::string::npos;
  if (error.hint.empty())
    error.hint = used ? "let what names it say something else, or drop it, in this migration or one before it"
                      : "let another strategy do it (:strategy \"…\"), or make this change in a migration of its own";
  if (about.empty()) return error;
  const Change& change = spoken_of(error.message, about);
  error.place = place_of_change(prepared.spec.intents, change);
  for (const auto* other : about) {
    if (!error.place) error.place = place_of_change(prepared.spec.intents, *other);
  }
  return error;
}

std::vector<StepOfGroup> steps_of_groups(const std::vector<Step>& steps) {
  std::vector<StepOfGroup> out;
  out.reserve(steps.size());
  for (const auto& step : steps) out.push_back({step.id, step.title, step.group, step.strategy});
  return out;
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
