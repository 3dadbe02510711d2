#include "engine/model/caseless.hpp"

#include <algorithm>

namespace forge {
namespace {

thread_local bool caseless_names = false;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The table of `before` that bears the name in other letters and is not there any more; none: an empty name.
QName former_table(const Spec& spec, const QName& name) {
  for (const auto& [old, table] : spec.before.tables) {
    const bool same = old.schema == name.schema && same_but_for_case(old.name, name.name);
    if (same && !spec.after.tables.contains(old)) return old;
  }
  return {};
}

void imply_columns(Spec& spec, const QName& name, const Table& was, const Table& now) {
  for (const auto& column : now.columns) {
    if (find_column(was, column.name)) continue;
    const auto old = std::ranges::find_if(was.columns, [&](const Column& one) {
      return same_but_for_case(one.name, column.name) && !find_column(now, one.name);
    });
    if (old == was.columns.end()) continue;
    auto& from = spec.intents.tables[name].columns[column.name].renamed_from;
    if (from.empty()) from = old->name;
  }
}

}  // namespace

CaselessNames::CaselessNames(bool caseless) : before_(caseless_names) { caseless_names = caseless; }
CaselessNames::~CaselessNames() { caseless_names = before_; }
bool names_are_caseless() { return caseless_names; }

bool same_but_for_case(const std::string& a, const std::string& b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

void imply_case_renames(Spec& spec, bool tables) {
  for (const auto& [name, now] : spec.after.tables) {
    const auto intent = spec.intents.tables.find(name);
    QName old = intent == spec.intents.tables.end() ? QName{} : intent->second.renamed_from;
    if (old.empty() && !spec.before.table(name) && tables) {
      old = former_table(spec, name);
      if (!old.empty()) spec.intents.tables[name].renamed_from = old;
    }
    const Table* was = spec.before.table(old.empty() ? name : old);
    if (was) imply_columns(spec, name, *was, *now);
  }
}

}  // namespace forge
