#include "engine/db/mongodb_question.hpp"

#include <algorithm>

#include "engine/model/extended_json.hpp"
#include "engine/model/mongodb_validator.hpp"

namespace forge {
namespace {

// The value at a path such as "options.viewOn"; null where there is none. A field may have the path for its name.
Json value_at(const Json& document, const std::string& path) {
  if (document.is_object() && document.contains(path)) return document[path];
  const Json* found = &document;
  for (std::size_t at = 0; at <= path.size();) {
    const auto end = std::min(path.find('.', at), path.size());
    const auto part = path.substr(at, end - at);
    if (!found->is_object() || !found->contains(part)) return {};
    found = &(*found)[part];
    at = end + 1;
  }
  return *found;
}

bool matches(const Json& document, const Json& where) {
  return std::ranges::all_of(where.items(), [&](const auto& wanted) {
    return relaxed(value_at(document, wanted.key())).dump() == relaxed(wanted.value()).dump();
  });
}

Result<bool> has_validator(const Json& question, const MongoDocuments& ask) {
  FORGE_ASSIGN(const auto found,
               ask({{"listCollections", 1}, {"filter", {{"name", question.value("collection", Json())}}}}));
  if (found.empty()) return false;
  const Json options = found.front().value("options", Json::object());
  const auto said = [&](const char* name, const char* otherwise) {
    return options.value(name, Json(otherwise)) == question.value(name, Json(otherwise));
  };
  return said("validationLevel", "strict") && said("validationAction", "error") &&
         same_validator(options.value("validator", Json::object()), question.value("validator", Json::object()));
}

}  // namespace

Result<bool> mongodb_holds(const Json& question, const MongoDocuments& ask) {
  const Json word = question.value("forgelua", Json());
  if (word == "every") {
    for (const auto& one : question.value("of", Json::array())) {
      FORGE_ASSIGN(const bool holds, mongodb_holds(one, ask));
      if (!holds) return false;
    }
    return true;
  }
  if (word == "validator") return has_validator(question, ask);
  if (word != "has" && word != "lacks")
    return fail(ErrorCode::spec, fmt::format("no question is called {}", word.dump()));
  FORGE_ASSIGN(const auto found, ask(question.value("command", Json::object())));
  const Json where = question.value("where", Json::object());
  const bool any = std::ranges::any_of(found, [&](const Json& one) { return matches(one, where); });
  return any == (word == "has");
}

}  // namespace forge
