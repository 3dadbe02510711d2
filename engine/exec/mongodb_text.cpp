#include "engine/exec/mongodb_text.hpp"

#include <algorithm>
#include <array>

#include "engine/model/extended_json.hpp"

namespace forge {
namespace {

// The types of _id in the order in which an index holds them. A range of _id holds values of one type alone, so that those of the
// types before or behind it are named beside it.
const std::array<std::vector<std::string>, 11> kTypes{{{"minKey"},
                                                       {"null"},
                                                       {"int", "long", "double", "decimal"},
                                                       {"string", "symbol"},
                                                       {"object"},
                                                       {"binData"},
                                                       {"objectId"},
                                                       {"bool"},
                                                       {"date"},
                                                       {"timestamp"},
                                                       {"maxKey"}}};

// The place of a value of canonical extended JSON among them.
std::size_t rank_of(const Json& value) {
  static const std::map<std::string, std::size_t> kWords{
      {"$minKey", 0},        {"$numberInt", 2}, {"$numberLong", 2}, {"$numberDouble", 2},
      {"$numberDecimal", 2}, {"$symbol", 3},    {"$binary", 5},     {"$oid", 6},
      {"$date", 8},          {"$timestamp", 9}, {"$maxKey", 10}};
  if (value.is_null()) return 1;
  if (value.is_number()) return 2;
  if (value.is_string()) return 3;
  if (value.is_boolean()) return 7;
  if (!value.is_object() || value.size() != 1) return 4;
  const auto found = kWords.find(value.begin().key());
  return found == kWords.end() ? 4 : found->second;
}

}  // namespace

Json mongodb_beside(const char* comparison, const Json& value) {
  const auto rank = rank_of(value);
  const bool behind = std::string_view(comparison) == "$gt";
  Json types = Json::array();
  for (std::size_t i = behind ? rank + 1 : 0; i < (behind ? kTypes.size() : rank); ++i) {
    for (const auto& type : kTypes[i]) types.push_back(type);
  }
  Json own{{"_id", {{comparison, value}}}};
  if (types.empty()) return own;
  return {{"$or", Json::array({own, Json{{"_id", {{"$type", types}}}}})}};
}

Result<std::vector<Json>> mongodb_documents(Session& session, const Json& command) {
  FORGE_ASSIGN(const auto rows, session.query(Json{{"forgelua", "documents"}, {"command", command}}.dump()));
  std::vector<Json> out;
  out.reserve(rows.rows.size());
  for (const auto& row : rows.rows) out.push_back(Json::parse(row.front().value_or(""), nullptr, false));
  return out;
}

Result<long> mongodb_change(Session& session, const std::string& collection, const Json& q, Json set, bool upsert) {
  set["writes"] = {{"$add", Json::array({Json{{"$ifNull", Json::array({"$writes", 0})}}, 1})}};
  Json one{{"q", q}, {"u", Json::array({Json{{"$set", set}}})}};
  if (upsert) one["upsert"] = true;
  FORGE_ASSIGN(const auto done, session.query(Json{{"update", collection}, {"updates", Json::array({one})}}.dump()));
  return static_cast<long>(done.affected);
}

Result<void> mongodb_walk(Session& session, const std::string& collection, const DocumentWalk& walk,
                          const std::function<Result<void>(const Json&)>& each) {
  constexpr std::int64_t kPage = 500;
  std::int64_t left = walk.most;
  for (Json last; left > 0;) {
    Json command{{"find", collection}};
    if (walk.by_id) {
      const char* onwards = walk.newest_first ? "$lt" : "$gt";
      if (!last.is_null()) command["filter"] = mongodb_beside(onwards, last["_id"]);
      command["sort"] = {{"_id", walk.newest_first ? -1 : 1}};
      command["limit"] = std::min(left, kPage);
    } else if (walk.most != DocumentWalk::kAll) {
      command["limit"] = left;
    }
    FORGE_ASSIGN(const auto page, mongodb_documents(session, command));
    for (const auto& document : page) FORGE_TRY(each(document));
    const auto count = static_cast<std::int64_t>(page.size());
    if (!walk.by_id || count < kPage) break;
    left -= count;
    last = page.back();
  }
  return {};
}

long mongodb_number(const Json& document, const char* name) {
  const Json value = relaxed(document.value(name, Json()));
  return value.is_number() ? static_cast<long>(value.get<double>()) : 0;
}

std::string mongodb_word(const Json& document, const char* name) {
  const Json value = document.value(name, Json());
  return value.is_string() ? value.get<std::string>() : "";
}

std::string mongodb_instant(const Json& document, const char* name) {
  const Json value = relaxed(document.value(name, Json()));
  if (!value.is_object() || !value.contains("$date") || !value["$date"].is_string()) return "";
  const auto text = value["$date"].get<std::string>();
  return text.substr(0, text.find_first_of(".Z")) + "Z";
}

}  // namespace forge
