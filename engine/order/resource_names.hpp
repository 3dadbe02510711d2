// What the ordering rules call the things that steps make, use and take away.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "engine/model/definition.hpp"
#include "engine/model/names.hpp"
#include "engine/model/table.hpp"

namespace forge {

inline std::string relation(const QName& name) { return "table or view '" + display(name) + "'"; }
inline std::string column_of(const QName& table, const std::string& column) {
  return "column '" + display(table) + "." + column + "'";
}
inline std::string old_form_of(const QName& view) { return "what view '" + display(view) + "' gave before"; }
inline std::string new_form_of(const QName& view) { return "what view '" + display(view) + "' is to give"; }
inline std::string rows_of(const QName& view) { return "the rows of materialized view '" + display(view) + "'"; }
inline std::string enum_of(const std::string& name) { return "enum '" + name + "'"; }
inline std::string sequence_of(const std::string& name) { return "sequence '" + name + "'"; }
inline std::string schema_of(const std::string& name) { return "schema '" + name + "'"; }
inline std::string sync_of(const QName& name) { return "sync '" + display(name) + "'"; }
inline std::string object_called(const std::string& name) { return "the object called '" + name + "'"; }
inline std::string routine_called(const std::string& name) { return "the routine called '" + name + "'"; }
inline std::string definition_called(const Definition& one) {
  const bool routine = one.kind == "function" || one.kind == "procedure" || one.kind == "aggregate";
  return routine ? routine_called(called_name(one)) : object_called(called_name(one));
}
// Anything may come from an extension: a type, an operator class, a function.
inline constexpr const char* kNewExtensions = "a new extension";
inline constexpr const char* kOldExtensions = "an extension";
inline std::string key_of(const QName& table, std::vector<std::string> columns) {
  std::ranges::sort(columns);
  std::string out = "key of '" + display(table) + "' over (";
  for (const auto& column : columns) out += (out.back() == '(' ? "" : ", ") + column;
  return out + ")";
}

inline std::vector<std::string> columns_of(const Key& key) {
  std::vector<std::string> out;
  for (const auto& part : key.parts) out.push_back(part.column);
  return out;
}

}  // namespace forge
