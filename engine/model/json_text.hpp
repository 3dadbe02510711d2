// JSON text written straight from values: byte for byte what `to_json(value).dump(…)` gives, without building the document.
// Large things (whole schemas, plans) go this way; json.hpp serves what is small or must be read.
#pragma once

#include <fmt/format.h>

#include <concepts>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/model/json.hpp"

namespace forge {

class JsonText;

// How a type is written; specialised for what has its own form, as JsonOf is.
template <class T>
struct JsonTextOf;

class JsonText {
 public:
  // Appends to `out`. `step` is the number of spaces by which each level is set in; below 0 all stands in one line.
  explicit JsonText(std::string& out, int step = -1) : out_(out), step_(step) {}

  template <class T>
  void value(const T& value) {
    JsonTextOf<T>::write(*this, value);
  }
  // One member of the open object.
  template <class T>
  void member(std::string_view name, const T& value) {
    key(name);
    this->value(value);
  }
  template <class Range>
  void list(const Range& range) {
    open('[');
    for (const auto& element : range) {
      item();
      value(element);
    }
    close(']');
  }

  void open(char bracket);
  void close(char bracket);
  void item();                      // what stands before an element
  void key(std::string_view name);  // what stands before a member's value
  // Text that is not UTF-8 is kept legible rather than refused.
  void text(std::string_view text);
  void plain(std::string_view word) { out_ += word; }  // true, null, a number
  void json(const Json& value);                        // a value that is a document already

 private:
  void line();

  std::string& out_;
  int step_;
  std::size_t depth_ = 0;
  bool empty_ = true;  // the open list or object has nothing in it yet
};

namespace json_text_detail {

// As json_detail::Writer: leaves out what equals the owner's own default.
struct Members {
  JsonText& out;
  const char* owner = nullptr;
  const char* defaults = nullptr;

  template <class Owner>
  static void write(JsonText& out, const Owner& value) {
    static const Owner kDefault{};
    Members members{out, reinterpret_cast<const char*>(&value), reinterpret_cast<const char*>(&kDefault)};
    Owner::fields(value, members);
  }
  template <class T>
  void operator()(const char* name, const T& member) {
    if (!(member == normal(member))) out.member(name, member);
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

}  // namespace json_text_detail

template <>
struct JsonTextOf<std::string> {
  static void write(JsonText& out, const std::string& value) { out.text(value); }
};

template <>
struct JsonTextOf<bool> {
  static void write(JsonText& out, bool value) { out.plain(value ? "true" : "false"); }
};

template <std::signed_integral T>
struct JsonTextOf<T> {
  static void write(JsonText& out, T value) {
    const fmt::format_int digits(value);
    out.plain({digits.data(), digits.size()});
  }
};

template <>
struct JsonTextOf<double> {
  static void write(JsonText& out, double value) { out.plain(Json(value).dump()); }
};

template <>
struct JsonTextOf<Json> {
  static void write(JsonText& out, const Json& value) { out.json(value); }
};

template <Worded E>
struct JsonTextOf<E> {
  static void write(JsonText& out, E value) { out.text(enum_word(value)); }
};

template <class T>
struct JsonTextOf<std::vector<T>> {
  static void write(JsonText& out, const std::vector<T>& list) { out.list(list); }
};

template <class T>
struct JsonTextOf<std::optional<T>> {
  static void write(JsonText& out, const std::optional<T>& value) {
    if (value) {
      out.value(*value);
    } else {
      out.plain("null");
    }
  }
};

template <class T>
struct JsonTextOf<std::shared_ptr<const T>> {
  static void write(JsonText& out, const std::shared_ptr<const T>& value) { out.value(*value); }
};

template <>
struct JsonTextOf<std::pair<std::string, std::string>> {
  static void write(JsonText& out, const std::pair<std::string, std::string>& value) {
    out.open('[');
    out.item();
    out.text(value.first);
    out.item();
    out.text(value.second);
    out.close(']');
  }
};

template <class T>
struct JsonTextOf<std::map<std::string, T>> {
  static void write(JsonText& out, const std::map<std::string, T>& map) {
    out.open('{');
    for (const auto& [key, value] : map) out.member(key, value);
    out.close('}');
  }
};

// Objects by name are a list: each carries its own name.
template <class T>
struct JsonTextOf<std::map<QName, T>> {
  static void write(JsonText& out, const std::map<QName, T>& map) {
    out.open('[');
    for (const auto& [name, value] : map) {
      out.item();
      out.value(value);
    }
    out.close(']');
  }
};

template <Fielded T>
struct JsonTextOf<T> {
  static void write(JsonText& out, const T& value) {
    out.open('{');
    json_text_detail::Members::write(out, value);
    out.close('}');
  }
};

}  // namespace forge
