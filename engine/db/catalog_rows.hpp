// One query's rows, read by the names of their columns.
#pragma once

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/box.hpp"
#include "engine/db/session.hpp"
#include "engine/model/names.hpp"
#include "engine/model/table.hpp"

namespace forge {

// Walks the rows of an answer. Columns that are not there read as NULL.
class CatalogRows {
 public:
  explicit CatalogRows(const Rows& rows) : rows_(rows) {
    for (std::size_t i = 0; i < rows.columns.size(); ++i) places_.emplace(rows.columns[i], i);
  }

  bool next() { return ++row_ < static_cast<std::ptrdiff_t>(rows_.rows.size()); }

  const std::optional<std::string>& value(std::string_view column) const {
    static const std::optional<std::string> kNone;
    const auto found = places_.find(column);
    return found == places_.end() ? kNone : rows_.rows[static_cast<std::size_t>(row_)][found->second];
  }
  std::string text(std::string_view column) const { return value(column).value_or(""); }
  bool flag(std::string_view column) const {
    const auto& given = value(column);
    return given && (*given == "t" || *given == "true" || *given == "1");
  }
  std::optional<std::int64_t> number(std::string_view column) const {
    const auto& given = value(column);
    std::int64_t out = 0;
    if (!given || given->empty()) return std::nullopt;
    const auto done = std::from_chars(given->data(), given->data() + given->size(), out);
    return done.ec == std::errc() ? std::optional(out) : std::nullopt;
  }
  QName name(std::string_view schema, std::string_view object) const { return {text(schema), text(object)}; }

  // Fills the fields of a value of the model that the query gives.
  template <class T>
  void fill(T& object) const {
    Filler filler{*this};
    T::fields(object, filler);
  }

 private:
  struct Filler {
    const CatalogRows& rows;
    void operator()(const char* name, std::string& member) const {
      if (const auto& given = rows.value(name)) member = *given;
    }
    void operator()(const char* name, bool& member) const {
      if (rows.value(name)) member = rows.flag(name);
    }
    void operator()(const char* name, std::int64_t& member) const {
      if (const auto given = rows.number(name)) member = *given;
    }
    void operator()(const char* name, std::optional<std::int64_t>& member) const {
      if (const auto given = rows.number(name)) member = given;
    }
    void operator()(const char* name, Settings& member) const {
      std::string_view lines = rows.value(name) ? std::string_view(*rows.value(name)) : std::string_view();
      while (!lines.empty()) {
        const auto end = lines.find('\n');
        const auto line = lines.substr(0, end);
        const auto equals = line.find('=');
        if (equals != std::string_view::npos) member.emplace_back(line.substr(0, equals), line.substr(equals + 1));
        lines = end == std::string_view::npos ? std::string_view() : lines.substr(end + 1);
      }
    }
    // Names, lists and values with fields of their own are the reader's.
    template <class T>
    void operator()(const char*, T&) const {}
    template <class T>
    void flat(Box<T>& box) const {
      T made = box.get();
      T::fields(made, *this);
      if (!(made == box.get())) box.edit() = std::move(made);
    }
  };

  const Rows& rows_;
  std::map<std::string, std::size_t, std::less<>> places_;
  std::ptrdiff_t row_ = -1;
};

}  // namespace forge
