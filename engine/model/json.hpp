// Any struct with `fields` as JSON and back. Values equal to their default are left out; reading is strict.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/model/fields.hpp"
#include "engine/model/names.hpp"
#include "engine/model/words.hpp"

namespace forge {

using Json = nlohmann::ordered_json;  // keeps the order of `fields`: equal values give equal bytes

// How a type is written and read; specialised for what is neither a plain value nor a struct with fields.
template <class T>
struct JsonOf;

template <class T>
Json to_json(const T& value) {
  return JsonOf<T>::write(value);
}

// Reads a T. `path` names the value in errors: "steps[3].ops[1].after".
template <class T>
Result<T> from_json(const Json& json, const std::string& path) {
  T value{};
  FORGE_TRY(JsonOf<T>::read(json, value, path));
  return value;
}

namespace json_detail {

inline std::unexpected<Error> expected(const std::string& path, std::string_view what, const Json& got) {
  return fail(ErrorCode::spec, fmt::format("{}: expected {}, got {}", path, what, got.type_name()));
}

// Leaves out what equals the owner's own default: a column's `nullable` is only written where it is false. Without
// an owner a member is compared with its type's default.
struct Writer {
  Json& out;
  const char* owner = nullptr;  // the object whose fields are visited, and one that is default-made
  const char* defaults = nullptr;

  template <class Owner>
  static void write(Json& out, const Owner& value) {
    static const Owner kDefault{};
    Writer writer{out, reinterpret_cast<const char*>(&value), reinterpret_cast<const char*>(&kDefault)};
    Owner::fields(value, writer);
  }
  template <class T>
  void operator()(const char* name, const T& member) {
    if (!(member == normal(member))) out[name] = to_json(member);
  }
  template <class T>
  void flat(const Box<T>& box) {
    if (!box.is_default()) write(out, box.get());
  }

 private:
  template <class T>
  const T& normal(const T& member) const {
    static const T kNone{};
    if (!defaults) return kNone;
    return *reinterpret_cast<const T*>(defaults + (reinterpret_cast<const char*>(&member) - owner));
  }
};

struct FieldReader {
  const std::string& key;
  const Json& json;
  const std::string& path;
  bool found = false;
  std::optional<Error> error;

  template <class T>
  void operator()(const char* name, T& member) {
    if (found || key != name) return;
    found = true;
    auto read = JsonOf<T>::read(json, member, path + "." + key);
    if (!read) error = std::move(read).error();
  }
  template <class T>
  void flat(Box<T>& box) {
    if (!found && has_field(box.get(), key.c_str())) T::fields(box.edit(), *this);
  }
};

}  // namespace json_detail

template <>
struct JsonOf<std::string> {
  static Json write(const std::string& value) { return value; }
  static Result<void> read(const Json& json, std::string& value, const std::string& path) {
    if (!json.is_string()) return json_detail::expected(path, "a string", json);
    value = json.get<std::string>();
    return {};
  }
};

template <>
struct JsonOf<bool> {
  static Json write(bool value) { return value; }
  static Result<void> read(const Json& json, bool& value, const std::string& path) {
    if (!json.is_boolean()) return json_detail::expected(path, "true or false", json);
    value = json.get<bool>();
    return {};
  }
};

template <std::signed_integral T>
struct JsonOf<T> {
  static Json write(T value) { return value; }
  static Result<void> read(const Json& json, T& value, const std::string& path) {
    if (!json.is_number_integer()) return json_detail::expected(path, "a whole number", json);
    value = json.get<T>();
    return {};
  }
};

template <>
struct JsonOf<double> {
  static Json write(double value) { return value; }
  static Result<void> read(const Json& json, double& value, const std::string& path) {
    if (!json.is_number()) return json_detail::expected(path, "a number", json);
    value = json.get<double>();
    return {};
  }
};

template <Worded E>
struct JsonOf<E> {
  static Json write(E value) { return std::string(enum_word(value)); }
  static Result<void> read(const Json& json, E& value, const std::string& path) {
    const auto found = json.is_string() ? enum_value<E>(json.get<std::string>()) : std::nullopt;
    if (!found) return json_detail::expected(path, "one of its words", json);
    value = *found;
    return {};
  }
};

template <class T>
struct JsonOf<std::vector<T>> {
  static Json write(const std::vector<T>& list) {
    Json out = Json::array();
    for (const auto& value : list) out.push_back(to_json(value));
    return out;
  }
  static Result<void> read(const Json& json, std::vector<T>& list, const std::string& path) {
    if (!json.is_array()) return json_detail::expected(path, "a list", json);
    for (std::size_t i = 0; i < json.size(); ++i) {
      FORGE_ASSIGN(auto value, from_json<T>(json[i], fmt::format("{}[{}]", path, i + 1)));
      list.push_back(std::move(value));
    }
    return {};
  }
};

template <class T>
struct JsonOf<std::optional<T>> {
  static Json write(const std::optional<T>& value) { return value ? to_json(*value) : Json(nullptr); }
  static Result<void> read(const Json& json, std::optional<T>& value, const std::string& path) {
    if (json.is_null()) return {};
    return JsonOf<T>::read(json, value.emplace(), path);
  }
};

template <class T>
struct JsonOf<std::shared_ptr<const T>> {
  static Json write(const std::shared_ptr<const T>& value) { return to_json(*value); }
  static Result<void> read(const Json& json, std::shared_ptr<const T>& value, const std::string& path) {
    FORGE_ASSIGN(auto made, from_json<T>(json, path));
    value = std::make_shared<const T>(std::move(made));
    return {};
  }
};

template <>
struct JsonOf<std::pair<std::string, std::string>> {
  static Json write(const std::pair<std::string, std::string>& value) {
    return Json::array({value.first, value.second});
  }
  static Result<void> read(const Json& json, std::pair<std::string, std::string>& value, const std::string& path) {
    if (!json.is_array() || json.size() != 2) return json_detail::expected(path, "a list of two", json);
    FORGE_TRY(JsonOf<std::string>::read(json[0], value.first, path + "[1]"));
    return JsonOf<std::string>::read(json[1], value.second, path + "[2]");
  }
};

template <class T>
struct JsonOf<std::map<std::string, T>> {
  static Json write(const std::map<std::string, T>& map) {
    Json out = Json::object();
    for (const auto& [key, value] : map) out[key] = to_json(value);
    return out;
  }
  static Result<void> read(const Json& json, std::map<std::string, T>& map, const std::string& path) {
    if (!json.is_object()) return json_detail::expected(path, "an object", json);
    for (const auto& [key, value] : json.items()) FORGE_TRY(JsonOf<T>::read(value, map[key], path + "." + key));
    return {};
  }
};

// Objects by name are a list: each carries its own name.
template <class T>
struct JsonOf<std::map<QName, T>> {
  static const QName& name_of(const T& value) {
    if constexpr (requires { value->name; }) {
      return value->name;
    } else {
      return value.name;
    }
  }
  static Json write(const std::map<QName, T>& map) {
    Json out = Json::array();
    for (const auto& [name, value] : map) out.push_back(to_json(value));
    return out;
  }
  static Result<void> read(const Json& json, std::map<QName, T>& map, const std::string& path) {
    FORGE_ASSIGN(auto list, from_json<std::vector<T>>(json, path));
    for (auto& value : list) {
      const QName name = name_of(value);
      if (!map.emplace(name, std::move(value)).second) {
        return fail(ErrorCode::spec, fmt::format("{}: '{}' stands there twice", path, display(name)));
      }
    }
    return {};
  }
};

template <Fielded T>
struct JsonOf<T> {
  static Json write(const T& value) {
    Json out = Json::object();
    json_detail::Writer::write(out, value);
    return out;
  }
  static Result<void> read(const Json& json, T& value, const std::string& path) {
    if (!json.is_object()) return json_detail::expected(path, "an object", json);
    for (const auto& [key, member] : json.items()) {
      json_detail::FieldReader reader{key, member, path, false, {}};
      T::fields(value, reader);
      if (reader.error) return std::unexpected(std::move(*reader.error));
      if (!reader.found) {
        return fail(ErrorCode::spec, fmt::format("{}: unknown field '{}'", path, key), unknown_field_hint<T>(key));
      }
    }
    return {};
  }
};

}  // namespace forge
