#include "engine/exec/mongodb_text.hpp"

#include "engine/model/extended_json.hpp"

namespace forge {

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
