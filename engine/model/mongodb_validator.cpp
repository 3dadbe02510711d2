#include "engine/model/mongodb_validator.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "engine/model/extended_json.hpp"

namespace forge {
namespace {

using Words = std::vector<std::string>;

constexpr std::string_view kInferred = "inferred";
constexpr std::string_view kNullable = "nullable";

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

bool all_texts(const Json& list) {
  return list.is_array() && std::ranges::all_of(list, [](const Json& one) { return one.is_string(); });
}

// A list of words, each once and sorted, "null" behind the others.
Json sorted_words(const Json& list) {
  std::set<std::string> words;
  for (const auto& one : list) words.insert(one.get<std::string>());
  const bool null = words.erase("null") > 0;
  Json out = Json::array();
  for (const auto& word : words) out.push_back(word);
  if (null) out.push_back("null");
  return out;
}

template <class Each>
Json by_name(const Json& object, Each each) {
  std::map<std::string, const Json*> members;
  for (const auto& [key, value] : object.items()) members.emplace(key, &value);
  Json out = Json::object();
  for (const auto& [key, value] : members) out[key] = each(key, *value);
  return out;
}

Json member(const std::string& key, const Json& value);

Json schema_of(const Json& given) {
  if (!given.is_object()) return given;
  Json out = Json::object();
  if (given.contains("bsonType")) out["bsonType"] = member("bsonType", given["bsonType"]);
  const Json rest = by_name(given, member);
  for (const auto& [key, value] : rest.items()) {
    const bool says_nothing = one_of(key, {"required", "properties"}) && value.is_structured() && value.empty();
    if (key != "bsonType" && !says_nothing) out[key] = value;
  }
  return out;
}

// One member of a JSON schema.
Json member(const std::string& key, const Json& value) {
  if (key == "bsonType" && all_texts(value) && value.size() == 1) return value.front();
  if (one_of(key, {"bsonType", "type", "required"}) && all_texts(value)) return sorted_words(value);
  if (one_of(key, {"properties", "patternProperties", "definitions"}) && value.is_object()) {
    return by_name(value, [](const std::string&, const Json& one) { return schema_of(one); });
  }
  if (one_of(key, {"items", "additionalItems", "additionalProperties", "not"}) && value.is_object())
    return schema_of(value);
  if (one_of(key, {"items", "allOf", "anyOf", "oneOf"}) && value.is_array()) {
    Json out = Json::array();
    for (const auto& one : value) out.push_back(schema_of(one));
    return out;
  }
  return value;
}

// What all documents have to match: the members of a query, and those of its $and.
void conjuncts(const Json& query, std::vector<std::string>& out) {
  for (const auto& [key, value] : query.items()) {
    if (key == "$and" && value.is_array()) {
      for (const auto& one : value) {
        if (one.is_object()) conjuncts(one, out);
      }
    } else if (key == "$jsonSchema") {
      Json schema = normal_schema(value);
      if (schema.value("bsonType", Json()) == "object") schema.erase("bsonType");  // so is every document
      if (!schema.empty()) out.push_back(Json{{key, schema}}.dump());
    } else {
      out.push_back(Json{{key, value}}.dump());
    }
  }
}

struct Known {
  std::string_view bson, word;
};
constexpr std::array<Known, 8> kWords{{{"string", "text"},
                                       {"int", "integer"},
                                       {"long", "bigint"},
                                       {"double", "double"},
                                       {"decimal", "numeric"},
                                       {"bool", "boolean"},
                                       {"date", "timestamptz"},
                                       {"binData", "blob"}}};
constexpr std::array<std::string_view, 7> kNative{"object", "array",      "objectId", "regex",
                                                  "number", "javascript", "timestamp"};

bool is_known(const std::string& bson) {
  return std::ranges::find(kWords, bson, &Known::bson) != kWords.end() ||
         std::ranges::find(kNative, bson) != kNative.end();
}

Type native(const std::string& ref) {
  Type type{"native", {}, {}};
  type.more.edit().ref = ref;
  return type;
}

Type type_of(const Words& bson) {
  if (bson.size() == 1) {
    const auto found = std::ranges::find(kWords, bson.front(), &Known::bson);
    if (found != kWords.end()) return Type{std::string(found->word), {}, {}};
  }
  std::string ref;
  for (const auto& word : bson) ref += (ref.empty() ? "" : "|") + word;
  return native(ref.empty() ? "any" : ref);
}

// The BSON types that a schema names, without "null"; whether that is among them goes to `null`.
Words types_of(const Json& schema, bool& null) {
  Words out;
  const Json given = schema.value("bsonType", Json());
  for (const auto& one : given.is_array() ? given : Json::array({given})) {
    if (!one.is_string()) continue;
    if (one == "null") {
      null = true;
    } else {
      out.push_back(one.get<std::string>());
    }
  }
  return out;
}

Json sorted(const Json& rules) {
  return by_name(rules, [](const std::string&, const Json& value) { return value; });
}

void put_rules(Column& column, const Json& rules) {
  if (!rules.empty()) column.more.edit().rules = sorted(rules).dump();
}

void set(Table& table, const std::string& name, std::string value) {
  table.options.storage.emplace_back(name, std::move(value));
}

// The schema of whole documents: its fields are columns; what else it says stands in the table's options.
void read_schema(Table& table, const Json& given) {
  const Json schema = normal_schema(given);
  const Json required = schema.value("required", Json::array());
  const auto wanted = [&](const std::string& name) {
    return std::ranges::any_of(required, [&](const Json& one) { return one == name; });
  };
  const bool closed = schema.value("additionalProperties", Json()) == false;
  Json rest = Json::object();
  for (const auto& [key, value] : schema.items()) {
    if (key == "properties" && value.is_object()) {
      for (const auto& [name, one] : value.items()) {
        const bool bare = name == "_id" && closed && one.is_object() && one.empty() && !wanted(name);
        if (!bare) table.columns.push_back(field_of_schema(name, one, wanted(name)));
      }
    } else if (!(key == "bsonType" && value == "object") && key != "required" &&
               !(closed && key == "additionalProperties")) {
      rest[key] = value;
    }
  }
  for (const auto& name : required) {
    if (name.is_string() && !find_column(table, name.get<std::string>()))
      table.columns.push_back(field_of_schema(name.get<std::string>(), Json::object(), true));
  }
  if (closed) set(table, "additional_fields", "false");
  if (!rest.empty()) set(table, "json_schema", rest.dump());
}

bool is_schema(const Json& query) {
  return query.is_object() && query.size() == 1 && query.contains("$jsonSchema") && query["$jsonSchema"].is_object();
}

}  // namespace

Json normal_schema(const Json& schema) { return schema_of(schema); }

bool same_validator(const Json& a, const Json& b) {
  std::vector<std::string> first, second;
  conjuncts(relaxed(a), first);
  conjuncts(relaxed(b), second);
  std::ranges::sort(first);
  std::ranges::sort(second);
  return first == second;
}

Column field_of_schema(const std::string& name, const Json& given, bool required) {
  Column column;
  column.name = name;
  column.nullable = !required;
  column.type = native("any");
  const Json schema = normal_schema(given);
  if (!schema.is_object()) {
    // A schema that is `true` or `false` is kept as a rule about nothing else.
    put_rules(column, schema == false ? Json{{"not", Json::object()}} : Json::object());
    return column;
  }
  bool null = false;
  const auto bson = types_of(schema, null);
  Json rules = schema;
  if (!bson.empty() && std::ranges::all_of(bson, is_known)) {
    column.type = type_of(bson);
    rules.erase("bsonType");
    // A field that may be missing may be null, and one that must be there may not, unless it says otherwise.
    if (required == null) rules[std::string(kNullable)] = null;
  }
  put_rules(column, rules);
  return column;
}

void read_validator(Table& table, const Json& validator) {
  std::vector<Json> parts;
  if (validator.size() == 1 && validator.contains("$and") && validator["$and"].is_array()) {
    for (const auto& one : validator["$and"]) parts.push_back(one);
  } else if (validator.size() > 1 && validator.contains("$jsonSchema")) {
    Json others = validator;
    others.erase("$jsonSchema");
    parts = {Json{{"$jsonSchema", validator["$jsonSchema"]}}, others};
  } else if (!validator.empty()) {
    parts = {validator};
  }
  bool read = false;
  for (const auto& part : parts) {
    if (!read && is_schema(part)) {
      read_schema(table, part["$jsonSchema"]);
      read = true;
    } else {
      const auto number = table.checks.empty() ? std::string() : std::to_string(table.checks.size());
      Check& check = table.checks.emplace_back();
      check.name = fmt::format("{}_check{}", table.name.name, number);
      check.expr = part.dump();
    }
  }
}

Column inferred_field(const std::string& name, const Json& schema) {
  Column column = field_of_schema(name, schema, false);
  Json rules = column.more->rules.empty() ? Json::object() : Json::parse(column.more->rules);
  rules.erase(std::string(kNullable));
  rules[std::string(kInferred)] = true;
  put_rules(column, rules);
  return column;
}

bool is_inferred(const Column& column) {
  if (column.more->rules.empty()) return false;
  const Json rules = Json::parse(column.more->rules, nullptr, false);
  return rules.is_object() && rules.value(std::string(kInferred), Json()) == true;
}

bool is_silent(const Column& column) {
  if (is_inferred(column)) return true;
  const Type& type = column.type;
  const bool any = type.name == "json" || (type.name == "native" && type.more->ref == "any");
  return any && type.more->array == 0 && column.nullable && column.more->rules.empty();
}

bool is_closed(const Table& table) {
  return std::ranges::any_of(table.options.storage, [](const auto& setting) {
    return setting.first == "additional_fields" && setting.second == "false";
  });
}

void leave_out_silent_fields(Schema& schema) {
  for (auto& [name, table] : schema.tables) {
    const auto unseen = is_closed(*table) ? is_inferred : is_silent;
    if (std::ranges::none_of(table->columns, unseen)) continue;
    Table copy = *table;
    std::erase_if(copy.columns, unseen);
    table = std::make_shared<const Table>(std::move(copy));
  }
}

}  // namespace forge
