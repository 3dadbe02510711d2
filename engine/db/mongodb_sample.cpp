#include "engine/db/mongodb_sample.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "engine/model/mongodb_validator.hpp"
#include "engine/model/schema.hpp"

namespace forge {
namespace {

constexpr int kDepth = 3;             // levels of objects that are looked into
constexpr std::size_t kFields = 500;  // more names than these are values that stand as names
constexpr int kElements = 20;         // of an array

Json shape_of(const std::string& value, int depth);

// The fields of an object, as an aggregation expression.
Json fields_of(const std::string& object, int depth) {
  const std::string name = fmt::format("f{}", depth);
  Json shape = shape_of(fmt::format("$${}.v", name), depth);
  Json one{{"k", fmt::format("$${}.k", name)}};
  one.update(shape);
  return {{"$map", {{"input", {{"$objectToArray", object}}}, {"as", name}, {"in", one}}}};
}

Json where_type(const std::string& value, const char* type, Json then) {
  const Json is = {{"$eq", Json::array({Json{{"$type", value}}, type})}};
  return {{"$cond", Json::array({is, std::move(then), nullptr})}};
}

Json shape_of(const std::string& value, int depth) {
  Json out{{"t", {{"$type", value}}}};
  if (depth == 0) return out;
  out["f"] = where_type(value, "object", fields_of(value, depth - 1));
  const std::string name = fmt::format("e{}", depth);
  const std::string element = "$$" + name;
  Json inner{{"t", {{"$type", element}}}};
  if (depth > 1) inner["f"] = where_type(element, "object", fields_of(element, depth - 2));
  const Json some = {{"$slice", Json::array({value, kElements})}};
  out["e"] = where_type(value, "array", {{"$map", {{"input", some}, {"as", name}, {"in", inner}}}});
  return out;
}

// What was seen of a field, or of the elements of an array.
struct Seen {
  std::set<std::string> types;
  std::map<std::string, Seen> fields;
  std::vector<Seen> elements;  // none or one
};

void look(const Json& shape, Seen& seen) {
  seen.types.insert(shape.value("t", ""));
  const Json fields = shape.value("f", Json()), elements = shape.value("e", Json());
  for (const auto& one : fields.is_array() ? fields : Json::array()) {
    if (one.is_object()) look(one, seen.fields[one.value("k", "")]);
  }
  for (const auto& one : elements.is_array() ? elements : Json::array()) {
    if (seen.elements.empty()) seen.elements.emplace_back();
    if (one.is_object()) look(one, seen.elements.front());
  }
}

// What was seen, as a JSON schema. A field of an object may be null, as any field may of which nothing else is known.
Json schema_of(const Seen& seen, bool field = true) {
  auto types = seen.types;
  if (field) types.insert("null");
  Json out{{"bsonType", types}};
  if (!seen.fields.empty() && seen.fields.size() <= kFields) {
    Json& properties = out["properties"] = Json::object();
    for (const auto& [name, one] : seen.fields) properties[name] = schema_of(one);
  }
  if (!seen.elements.empty()) out["items"] = schema_of(seen.elements.front(), false);
  return out;
}

}  // namespace

Result<std::vector<Json>> mongodb_shapes(Session& session, const std::string& collection, bool by_id) {
  std::vector<Json> out;
  std::set<std::string> seen;
  for (const int direction : by_id ? std::vector<int>{1, -1} : std::vector<int>{1}) {
    Json pipeline = Json::array();
    if (by_id) pipeline.push_back({{"$sort", {{"_id", direction}}}});
    pipeline.push_back({{"$limit", by_id ? kMongoSample / 2 : kMongoSample}});
    pipeline.push_back({{"$project", {{"_id", 0}, {"s", fields_of("$$ROOT", kDepth)}}}});
    const Json command{{"aggregate", collection}, {"pipeline", pipeline}, {"cursor", Json::object()}};
    FORGE_ASSIGN(const auto rows, session.query(Json{{"forgelua", "documents"}, {"command", command}}.dump()));
    for (const auto& row : rows.rows) {
      if (!seen.insert(row.front().value_or("")).second) continue;  // documents of one shape are one
      const Json document = Json::parse(row.front().value_or(""), nullptr, false);
      out.push_back(document.is_object() ? document.value("s", Json::array()) : Json::array());
    }
  }
  return out;
}

std::vector<Column> inferred_fields(const std::vector<Json>& shapes, const Table& table) {
  std::vector<std::string> order;
  std::map<std::string, Seen> seen;
  for (const auto& document : shapes) {
    for (const auto& field : document) {
      const auto name = field.value("k", "");
      if (find_column(table, name)) continue;
      if (!seen.contains(name)) order.push_back(name);
      look(field, seen[name]);
    }
  }
  if (order.size() > kFields) order.resize(kFields);
  std::vector<Column> out;
  for (const auto& name : order) {
    if (name == "_id" && seen[name].types == std::set<std::string>{"objectId"}) continue;
    out.push_back(inferred_field(name, schema_of(seen[name])));
  }
  return out;
}

}  // namespace forge
