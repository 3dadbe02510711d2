// Collections in the spec language.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/emit/spec_text.hpp"
#include "engine/model/json.hpp"
#include "engine/model/mongodb_validator.hpp"

namespace forge {
namespace {

constexpr std::size_t kLine = 100;

std::string field_line(const Column& column, const ColumnIntent* intent, const std::string& pad);

// Whether Lua holds the number as it is.
bool plain_number(const Json& value) {
  return value.is_number() && std::fabs(value.get<double>()) < 9007199254740992.0;
}

bool plain_value(const Json& value) { return value.is_string() || value.is_boolean() || plain_number(value); }

std::string value_text(const Json& value) {
  return value.is_string() ? lua_string(value.get<std::string>()) : value.dump();
}

// The properties of an object's schema as fields; "" where it says what no field could.
std::string fields_text(const Json& properties, const Json& required, const std::string& pad) {
  const auto wanted = [&](const std::string& name) {
    return std::ranges::any_of(required, [&](const Json& one) { return one == name; });
  };
  std::string one, many;
  for (const auto& [name, schema] : properties.items()) {
    const auto line = field_line(field_of_schema(name, schema, wanted(name)), nullptr, pad + "  ");
    one += (one.empty() ? "" : ", ") + line;
    many += pad + "  " + line + ",\n";
  }
  const bool short_enough = pad.size() + one.size() <= kLine && one.find('\n') == std::string::npos;
  return short_enough ? " { " + one + " }" : " {\n" + many + pad + "}";
}

// Whether `properties` and `required` of a schema can be written as a list of fields.
bool are_fields(const Json& rules) {
  const Json properties = rules.value("properties", Json()), required = rules.value("required", Json::array());
  if (!properties.is_object() || properties.empty() || !required.is_array()) return false;
  return std::ranges::all_of(properties, [](const Json& one) { return one.is_object(); }) &&
         std::ranges::all_of(
             required, [&](const Json& one) { return one.is_string() && properties.contains(one.get<std::string>()); });
}

// The word of an array's elements, where they are of one type and nothing else is said of them.
std::string element_word(const Json& items) {
  if (!items.is_object() || items.size() != 1 || !items.contains("bsonType") || !items["bsonType"].is_string())
    return "";
  static constexpr std::array<std::string_view, 8> kWords = {"string", "int",       "long",     "bool",
                                                             "date",   "timestamp", "objectId", "binData"};
  const auto word = items["bsonType"].get<std::string>();
  return std::ranges::find(kWords, word) == kWords.end() ? "" : word;
}

// Takes from `rules` what its type call says.
std::string object_call(Json& rules, const std::string& pad) {
  if (!are_fields(rules)) return " :object()";
  auto out = " :object" + fields_text(rules["properties"], rules.value("required", Json::array()), pad);
  rules.erase("properties");
  rules.erase("required");
  return out;
}

std::string array_call(Json& rules, const std::string& pad) {
  const Json items = rules.value("items", Json());
  std::string out = " :array()";
  if (const auto word = element_word(items); !word.empty()) {
    out = fmt::format(" :array \"{}\"", word);
  } else if (items.is_object() && items.value("bsonType", Json()) == "object" && are_fields(items) &&
             items.size() == (items.contains("required") ? 3U : 2U)) {
    out = " :array" + fields_text(items["properties"], items.value("required", Json::array()), pad);
  } else {
    return out;
  }
  rules.erase("items");
  return out;
}

std::string type_word(const Type& type, Json& rules, const std::string& pad) {
  static const std::map<std::string, std::string> kWords{{"text", "string"},      {"integer", "int"},
                                                         {"bigint", "long"},      {"boolean", "bool"},
                                                         {"timestamptz", "date"}, {"blob", "binData"}};
  static constexpr std::array<std::string_view, 3> kNative = {"timestamp", "objectId", "any"};
  if (type.more->array > 0) return type_call(type);
  if (const auto found = kWords.find(type.name); found != kWords.end() && type.args.empty())
    return " :" + found->second + "()";
  if (type.name != "native") return type_call(type);
  const std::string& ref = type.more->ref;
  if (ref == "object") return object_call(rules, pad);
  if (ref == "array") return array_call(rules, pad);
  if (std::ranges::find(kNative, ref) != kNative.end()) return " :" + ref + "()";
  return " :bson " + lua_string(ref);
}

// A rule as its word; "" where there is none.
std::string rule_call(const std::string& key, const Json& value) {
  static const std::map<std::string, std::string> kNumbers{{"minimum", "min"},          {"maximum", "max"},
                                                           {"minLength", "min_length"}, {"maxLength", "max_length"},
                                                           {"minItems", "min_items"},   {"maxItems", "max_items"}};
  if (const auto found = kNumbers.find(key); found != kNumbers.end() && plain_number(value))
    return fmt::format(" :{}({})", found->second, value.dump());
  if (key == "pattern" && value.is_string()) return " :pattern " + value_text(value);
  if (key == "uniqueItems" && value == true) return " :unique_items()";
  if (key == "nullable") return value == true ? " :nullable()" : " :nullable(false)";
  if (key == "inferred" && value == true) return " :inferred()";
  if (key != "enum" || !value.is_array() || value.empty() || !std::ranges::all_of(value, plain_value)) return "";
  std::string list;
  for (const auto& one : value) list += (list.empty() ? "" : ", ") + value_text(one);
  return " :one_of { " + list + " }";
}

std::string field_line(const Column& column, const ColumnIntent* intent, const std::string& pad) {
  Json rules = column.more->rules.empty() ? Json::object() : Json::parse(column.more->rules, nullptr, false);
  if (!rules.is_object()) rules = Json::object();
  std::string out = "field " + lua_string(column.name) + type_word(column.type, rules, pad);
  if (!column.nullable) out += " :required()";
  Json rest = Json::object();
  for (const auto& [key, value] : rules.items()) {
    const auto call = rule_call(key, value);
    call.empty() ? void(rest[key] = value) : void(out += call);
  }
  if (!rest.empty()) out += " :json_schema " + lua_json(rest.dump());
  return intent ? out + intent_calls(*intent) : out;
}

// Settings that are words of their own; others are written as what they are.
std::string setting_calls(const Settings& storage, bool of_index) {
  static constexpr std::array<std::string_view, 8> kDocuments = {"validation_level", "validation_action",  "validator",
                                                                 "json_schema",      "timeseries",         "collation",
                                                                 "weights",          "wildcard_projection"};
  std::string out, others;
  for (const auto& [name, value] : storage) {
    if (std::ranges::find(kDocuments, name) != kDocuments.end()) {
      out += fmt::format(" :{} {}", name, value.starts_with('{') ? lua_json(value) : lua_string(value));
    } else if (name == "expire_after_seconds") {
      out += fmt::format(" :expire_after({})", value);
    } else if (name == "clustered" || (of_index && name == "sparse")) {
      out += fmt::format(" :{}()", name);
    } else if (name == "additional_fields") {
      out += " :closed()";
    } else if (name != "capped_size" && name != "capped_max") {
      others += (others.empty() ? "" : ", ") + name + " = " + lua_string(value);
    }
  }
  if (!others.empty()) out += " :storage { " + others + " }";
  return out;
}

std::string setting(const Settings& storage, std::string_view name) {
  const auto found = std::ranges::find(storage, name, &std::pair<std::string, std::string>::first);
  return found == storage.end() ? "" : found->second;
}

std::string index_line(const Index& index) {
  std::string out = "index " + lua_string(index.name) + " " + parts_text(index.parts);
  if (index.unique) out += " :unique()";
  if (!index.method.empty()) out += " :using " + lua_string(index.method);
  if (!index.where.empty()) out += " :where " + lua_json(index.where);
  if (index.invisible) out += " :invisible()";
  return out + setting_calls(index.storage, true);
}

std::string check_line(const Check& check) {
  return "check " + (check.name.empty() ? "" : lua_string(check.name) + " ") + lua_json(check.expr);
}

}  // namespace

std::string collection_block(const Table& table, const TableIntent* intent, const std::string& pad) {
  std::string out = pad + "collection " + lua_name(table.name) + " {\n";
  const auto line = [&](const std::string& text) { out += pad + "  " + text + ",\n"; };
  for (const auto& column : table.columns) line(field_line(column, column_intent(intent, column.name), pad + "  "));
  if (table.primary_key) line(key_line(*table.primary_key));
  for (const auto& key : table.uniques) line(key_line(key));
  for (const auto& index : table.indexes) line(index_line(index));
  for (const auto& key : table.foreign_keys) line(foreign_key_line(key));
  for (const auto& check : table.checks) line(check_line(check));
  out += pad + "}" + setting_calls(table.options.storage, false);
  const auto size = setting(table.options.storage, "capped_size"), most = setting(table.options.storage, "capped_max");
  if (!size.empty()) out += fmt::format(" :capped({}{})", size, most.empty() ? "" : ", " + most);
  return out + intent_calls(intent) + ",\n";
}

std::string document_view_line(const View& view) { return "view " + lua_name(view.name) + " " + lua_json(view.query); }

}  // namespace forge
