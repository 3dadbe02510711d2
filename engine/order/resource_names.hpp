// What the ordering rules call the things that steps make, use and take away.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/diff/change.hpp"
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
inline std::string sequences_of(const QName& table) { return "the sequences that belong to '" + display(table) + "'"; }
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

// The columns to which foreign keys can refer: those of a key, or of an index that is unique over whole columns and all rows.
inline std::vector<std::string> referable(const Key& key) { return columns_of(key); }
inline std::vector<std::string> referable(const Index& index) {
  std::vector<std::string> out;
  if (!index.unique || !index.where.empty()) return out;
  for (const auto& part : index.parts) {
    if (part.column.empty()) return {};
    out.push_back(part.column);
  }
  return out;
}

// The key to which none can refer any longer behind a change, and the one to which they then can; empty where there is none.
template <class T>
std::pair<std::string, std::string> references_of(const Delta<T>& delta) {
  const auto was = delta.before ? referable(*delta.before) : std::vector<std::string>();
  const auto is = delta.after ? referable(*delta.after) : std::vector<std::string>();
  if (was == is) return {};
  return {was.empty() ? "" : key_of(delta.table, was), is.empty() ? "" : key_of(delta.table, is)};
}

}  // namespace forge
