// What readers and writers of the `fields` lists share: which types have one, and what a list holds.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "engine/base/box.hpp"
#include "engine/base/spelling.hpp"

namespace forge {

namespace fields_detail {
struct AnyVisitor {
  template <class T>
  void operator()(const char*, T&) {}
  template <class T>
  void flat(T&) {}
};
}  // namespace fields_detail

// A struct that lists its fields (table.hpp says how).
template <class T>
concept Fielded = requires(T& value, fields_detail::AnyVisitor visitor) { T::fields(value, visitor); };

namespace fields_detail {

struct NameCollector {
  std::vector<std::string>& names;
  template <class T>
  void operator()(const char* name, const T&) {
    names.emplace_back(name);
  }
  template <class T>
  void flat(const Box<T>& box) {
    T::fields(box.get(), *this);
  }
};

struct NameProbe {
  const char* wanted;
  bool found = false;
  template <class T>
  void operator()(const char* name, const T&) {
    found = found || std::strcmp(name, wanted) == 0;
  }
  template <class T>
  void flat(const Box<T>& box) {
    T::fields(box.get(), *this);
  }
};

}  // namespace fields_detail

template <Fielded T>
std::vector<std::string> field_names() {
  std::vector<std::string> names;
  const T value{};
  fields_detail::NameCollector collector{names};
  T::fields(value, collector);
  return names;
}

template <Fielded T>
bool has_field(const T& sample, const char* name) {
  fields_detail::NameProbe probe{name};
  T::fields(sample, probe);
  return probe.found;
}

// "unknown field 'nam'" with the nearest known one as a hint.
template <Fielded T>
std::string unknown_field_hint(const std::string& name) {
  const auto names = field_names<T>();
  const auto best = nearest(name, names);
  return best ? "did you mean '" + *best + "'?" : std::string{};
}

}  // namespace forge
