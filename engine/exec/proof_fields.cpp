#include "engine/exec/proof_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/exec/proof_chance.hpp"
#include "engine/model/extended_json.hpp"
#include "engine/model/mongodb_validator.hpp"

namespace forge {
namespace {

using Words = std::vector<std::string>;

const Words kNumbers{"int", "long", "double", "decimal"};

bool has(const Words& words, std::string_view word) { return std::ranges::find(words, word) != words.end(); }

Words types_of(const Json& schema) {
  Words out;
  const Json given = schema.is_object() ? schema.value("bsonType", Json()) : Json();
  for (const auto& one : given.is_array() ? given : Json::array({given})) {
    if (!one.is_string() || one == "null") continue;
    if (one == "number") {
      out.insert(out.end(), kNumbers.begin(), kNumbers.end());
    } else {
      out.push_back(one.get<std::string>());
    }
  }
  return out;
}

Words common_of(const Words& first, const Words& second) {
  Words out;
  for (const auto& word : first) {
    if (has(second, word)) out.push_back(word);
  }
  return out;
}

// The BSON types of a field, without "null"; none where it may be of any.
Words bson_types(const Column& column) {
  for (const char* word : {"string", "int", "long", "double", "decimal", "bool", "date", "binData"}) {
    if (field_of_schema("", {{"bsonType", word}}, false).type == column.type) return {word};
  }
  Words out;
  const std::string& ref = column.type.more->ref;
  for (std::size_t at = 0; column.type.name == "native" && ref != "any" && at <= ref.size();) {
    const auto end = std::min(ref.find('|', at), ref.size());
    out.push_back(ref.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

double number_of(const Json& schema, const char* word, double otherwise) {
  const Json value = relaxed(schema.value(word, Json()));
  return value.is_number() ? value.get<double>() : otherwise;
}

// Adds one rule of the second schema to those of the first.
void narrow(Json& out, const std::string& key, const Json& value) {
  if (!out.contains(key)) {
    out[key] = value;
  } else if (key == "enum" || key == "required") {
    Json list = Json::array();
    const bool both = key == "enum";
    for (const auto& one : out[key]) {
      if (!both || std::ranges::find(value, one) != value.end()) list.push_back(one);
    }
    for (const auto& one : value) {
      if (!both && std::ranges::find(list, one) == list.end()) list.push_back(one);
    }
    if (!list.empty()) out[key] = list;
  } else if (key == "properties") {
    for (const auto& [name, one] : value.items())
      out[key][name] = out[key].contains(name) ? schema_within(out[key][name], one) : one;
  } else if (key == "items") {
    out[key] = schema_within(out[key], value);
  } else if (key.starts_with("min")) {
    if (number_of(Json{{key, value}}, key.c_str(), 0) > number_of(out, key.c_str(), 0)) out[key] = value;
  } else if (key.starts_with("max")) {
    if (number_of(Json{{key, value}}, key.c_str(), 0) < number_of(out, key.c_str(), 0)) out[key] = value;
  } else {
    out[key] = value;
  }
}

// A whole number between the bounds.
std::int64_t whole_of(const Json& schema, std::uint64_t number) {
  constexpr double kSpread = 1e9;
  const double step = std::max(1.0, number_of(schema, "multipleOf", 1));
  const bool above = schema.value("exclusiveMinimum", Json()) == true,
             below = schema.value("exclusiveMaximum", Json()) == true;
  const double most = std::floor(number_of(schema, "maximum", kSpread * 2) / step) - (below ? 1 : 0);
  const double least = std::ceil(number_of(schema, "minimum", std::min(1.0, most)) / step) + (above ? 1 : 0);
  const auto values = static_cast<std::uint64_t>(std::clamp(most - least + 1, 1.0, kSpread));
  return static_cast<std::int64_t>((least + static_cast<double>(number % values)) * step);
}

std::string padded(const Json& schema, std::string text) {
  const auto least = static_cast<std::size_t>(number_of(schema, "minLength", 0));
  const auto most = static_cast<std::size_t>(number_of(schema, "maxLength", 1e6));
  if (text.size() < least) text.insert(0, least - text.size(), 'x');
  return text.size() > most ? text.substr(text.size() - most) : text;
}

Json object_of(const Json& schema, std::uint64_t number) {
  Json out = Json::object();
  const Json required = schema.value("required", Json::array());
  const Json properties = schema.value("properties", Json::object());
  for (const auto& [name, one] : properties.items()) {
    const bool wanted = std::ranges::find(required, Json(name)) != required.end();
    const auto luck = mixed(number ^ hash_of(name));
    if (wanted || luck % 6 != 0) out[name] = value_of_schema(one, number + luck % 7);
  }
  for (const auto& name : required) {
    if (name.is_string() && !out.contains(name.get<std::string>())) out[name.get<std::string>()] = 1;
  }
  return out;
}

Json array_of(const Json& schema, std::uint64_t number) {
  Json out = Json::array();
  const auto least = static_cast<std::uint64_t>(number_of(schema, "minItems", 0));
  const auto most = static_cast<std::uint64_t>(number_of(schema, "maxItems", static_cast<double>(least) + 3));
  const auto count = std::max(least, std::min(most, least + number % 3));
  for (std::uint64_t i = 0; i < count; ++i)
    out.push_back(value_of_schema(schema.value("items", Json::object()), number + i));
  return out;
}

std::string fraction(const Json& schema, std::uint64_t number) {
  const bool whole = schema.value("whole", Json()) == true || number % 2 == 0 || schema.contains("maximum") ||
                     schema.contains("multipleOf");
  return fmt::format("{}.{}", whole_of(schema, number), whole ? 0 : 5);
}

Json value_of_type(const std::string& type, const Json& schema, std::uint64_t number) {
  constexpr std::int64_t kBegin = 1'500'000'000, kYears = 300'000'000;
  const auto text = std::to_string(number % 1'000'000'000'000);
  if (type == "int") return {{"$numberInt", std::to_string(whole_of(schema, number))}};
  if (type == "long") return {{"$numberLong", std::to_string(whole_of(schema, number))}};
  if (type == "double") return {{"$numberDouble", fraction(schema, number)}};
  if (type == "decimal") return {{"$numberDecimal", fraction(schema, number)}};
  if (type == "bool") return number % 2 == 1;
  if (type == "date") {
    const auto second = kBegin + static_cast<std::int64_t>(number % kYears);
    return {{"$date", {{"$numberLong", std::to_string(second) + "000"}}}};
  }
  if (type == "objectId") return {{"$oid", fmt::format("{:024x}", number)}};
  if (type == "binData")
    return {{"$binary", {{"base64", fmt::format("{:012}", number % 1'000'000'000'000)}, {"subType", "00"}}}};
  if (type == "timestamp") return {{"$timestamp", {{"t", number % kYears + kBegin}, {"i", 1}}}};
  if (type == "regex") return {{"$regularExpression", {{"pattern", "a" + text}, {"options", ""}}}};
  if (type == "javascript") return {{"$code", text}};
  if (type == "object") return object_of(schema, number);
  if (type == "array") return array_of(schema, number);
  const Json pattern = schema.value("pattern", Json());
  return pattern.is_string() ? text_of_pattern(pattern.get<std::string>(), number) : padded(schema, text);
}

// A value as MongoDB converts it to a text.
std::string as_text(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_object() || value.empty()) return value.dump();
  const Json& inner = value.front();
  if (value.begin().key() == "$date") return relaxed(value)["$date"].get<std::string>();
  if (!inner.is_string()) return inner.dump();
  const auto text = inner.get<std::string>();
  return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
}

// Writes a text along a pattern.
class PatternWriter {
 public:
  PatternWriter(std::string_view pattern, std::uint64_t number) : pattern_(pattern), number_(number) {}

  // One alternative out of those up to the end or to ")".
  std::string alternatives() {
    std::vector<std::string> found{sequence()};
    while (at_ < pattern_.size() && pattern_[at_] == '|') {
      ++at_;
      found.push_back(sequence());
    }
    return found[luck() % found.size()];
  }

 private:
  std::uint64_t luck() { return mixed(number_ ^ mixed(++drawn_)) >> 3; }

  std::string sequence() {
    std::string out;
    while (at_ < pattern_.size() && pattern_[at_] != '|' && pattern_[at_] != ')') {
      const auto begin = at_;
      std::string one = piece();
      const auto times = repetitions();
      const auto behind = at_;
      for (std::uint64_t i = 0; i < times; ++i) {
        out += one;
        at_ = begin;
        one = piece();
      }
      at_ = behind;
    }
    return out;
  }

  std::string piece() {
    const char c = pattern_[at_++];
    if (c == '^' || c == '$') return "";
    if (c == '.') return "a";
    if (c == '[') return std::string(1, of_class());
    if (c == '\\' && at_ < pattern_.size()) return escaped(pattern_[at_++]);
    if (c != '(') return std::string(1, c);
    if (pattern_.substr(at_).starts_with("?:")) at_ += 2;
    std::string out = alternatives();
    if (at_ < pattern_.size()) ++at_;
    return out;
  }

  std::string escaped(char c) {
    if (c == 'd') return std::string(1, static_cast<char>('0' + luck() % 10));
    if (c == 'w') return std::string(1, static_cast<char>('a' + luck() % 26));
    if (c == 's') return " ";
    return c == 'b' ? "" : std::string(1, c);
  }

  char of_class() {
    const bool not_these = at_ < pattern_.size() && pattern_[at_] == '^';
    if (not_these) ++at_;
    std::string set;
    for (bool first = true; at_ < pattern_.size() && (first || pattern_[at_] != ']'); first = false) {
      if (pattern_[at_] == '\\' && at_ + 1 < pattern_.size()) {
        set += escaped(pattern_[at_ + 1]);
        at_ += 2;
      } else if (at_ + 2 < pattern_.size() && pattern_[at_ + 1] == '-' && pattern_[at_ + 2] != ']') {
        for (int c = pattern_[at_]; c <= pattern_[at_ + 2]; ++c) set += static_cast<char>(c);
        at_ += 3;
      } else {
        set += pattern_[at_++];
      }
    }
    if (at_ < pattern_.size()) ++at_;
    if (not_these) {
      for (const char c : std::string("abcxyz019 _")) {
        if (set.find(c) == std::string::npos) return c;
      }
    }
    return set.empty() ? 'a' : set[luck() % set.size()];
  }

  std::uint64_t repetitions() {
    if (at_ >= pattern_.size()) return 1;
    const char c = pattern_[at_];
    if (c == '*' || c == '+' || c == '?') {
      ++at_;
      return c == '?' ? luck() % 2 : 1 + luck() % 5;
    }
    const auto end = pattern_.find('}', at_);
    if (c != '{' || end == std::string_view::npos) return 1;
    const std::string inner(pattern_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    const auto least = std::strtoull(inner.c_str(), nullptr, 10);
    return std::min<std::uint64_t>(least == 0 && inner.find(',') != std::string::npos ? 1 : least, 1000);
  }

  std::string_view pattern_;
  std::uint64_t number_, drawn_ = 0;
  std::size_t at_ = 0;
};

}  // namespace

Json schema_of_field(const Column& column) {
  Json out = column.more->rules.empty() ? Json::object() : Json::parse(column.more->rules, nullptr, false);
  if (!out.is_object()) out = Json::object();
  if (const auto types = bson_types(column); !types.empty()) out["bsonType"] = types;
  return out;
}

bool share_a_type(const Json& first, const Json& second) {
  const auto a = types_of(first), b = types_of(second);
  return a.empty() || b.empty() || !common_of(a, b).empty();
}

Json schema_within(const Json& first, const Json& second) {
  if (!first.is_object() || !second.is_object()) return first.is_object() ? first : second;
  const auto a = types_of(first), b = types_of(second);
  if (!share_a_type(first, second) && has(a, "string")) {
    Json out = second;
    out["as_text"] = true;
    return out;
  }
  Json out = first;
  for (const auto& [key, value] : second.items()) {
    if (key != "bsonType") narrow(out, key, value);
  }
  const auto common = common_of(a, b);
  if (const auto types = a.empty() ? b : common.empty() ? a : common; !types.empty()) out["bsonType"] = types;
  if (!b.empty() && !has(b, "double") && !has(b, "decimal")) out["whole"] = true;
  return out;
}

Json value_of_schema(const Json& schema, std::uint64_t number) {
  if (!schema.is_object()) return 1;
  const Json values = schema.value("enum", Json());
  if (values.is_array() && !values.empty()) return values[number % values.size()];
  const auto types = types_of(schema);
  const bool object = schema.contains("properties"), array = schema.contains("items");
  const auto type = !types.empty() ? types[number / 7 % types.size()] : object ? "object" : array ? "array" : "string";
  const Json value = value_of_type(type, schema, number);
  return schema.value("as_text", Json()) == true ? Json(as_text(value)) : value;
}

std::string text_of_pattern(const std::string& pattern, std::uint64_t number) {
  return PatternWriter(pattern, number).alternatives();
}

}  // namespace forge
