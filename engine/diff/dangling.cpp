#include "engine/diff/dangling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "engine/base/letters.hpp"
#include "engine/model/definition_text.hpp"
#include "engine/model/publication.hpp"
#include "engine/model/schema_columns.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {
namespace {

// What becomes of a table that `before` has: its name and columns, as `after` calls them; "" for what is there no more.
struct Fate {
  QName before;
  std::string now;
  std::optional<QName> after;                  // the table that it becomes
  std::map<std::string, std::string> columns;  // only those that do not keep their names
};

bool is_routine(const Definition& one) {
  return one.kind == "function" || one.kind == "procedure" || one.kind == "event";
}

// "area" of "function app.area(integer)".
std::string routine_name(const Definition& one) {
  const auto called = called_name(one);
  return called.substr(0, called.find('('));
}

class Search {
 public:
  Search(const Spec& spec, bool texts_follow, std::vector<std::string>& notes)
      : spec_(spec), texts_follow_(texts_follow), notes_(notes), has_(columns_of(spec.after)) {
    std::map<QName, QName> renamed;
    for (const auto& [name, said] : spec.intents.tables) {
      if (!said.renamed_from.empty() && spec.after.table(name)) renamed.emplace(said.renamed_from, name);
    }
    for (const auto& [name, table] : spec.before.tables) {
      const auto found = renamed.find(name);
      note_table(*table, found == renamed.end() ? name : found->second);
    }
    for (const auto& [name, view] : spec.before.views) {
      if (!stands(name)) note({name, "", std::nullopt, {}});
    }
    for (const auto& [name, one] : spec.after.definitions) {
      if (one.kind != "trigger") continue;
      for (const auto& called : names_in(one.create)) tables_of_routine_[folded(called)].insert(one.on);
    }
  }

  Result<void> run() {
    if (fates_.empty()) return {};
    for (const auto& [name, one] : spec_.after.definitions) {
      for (const auto& part : one.parts) FORGE_TRY(judge(one, part));
      // One that is new, or has a new text, may come before what it names goes: it is judged by that text.
      const DefinitionText text(one, has_);
      for (const auto at : concerned(one, text)) FORGE_TRY(judge(one, text, fates_[at]));
    }
    return {};
  }

 private:
  void note(Fate fate) {
    by_name_[folded(fate.before.name)].insert(fates_.size());
    if (fate.after) by_name_[folded(fate.after->name)].insert(fates_.size());
    fates_.push_back(std::move(fate));
  }

  // What may be the definition's affair: of the tables that it names, belongs to, or is called for.
  std::set<std::size_t> concerned(const Definition& one, const DefinitionText& text) const {
    std::set<std::size_t> out;
    const auto add = [&](const std::string& name) {
      if (const auto found = by_name_.find(folded(name)); found != by_name_.end())
        out.insert(found->second.begin(), found->second.end());
    };
    add(one.on.name);
    for (const auto& name : text.all_names()) add(name);
    if (!is_routine(one)) return out;
    const auto called = tables_of_routine_.find(folded(routine_name(one)));
    for (const auto& table : called == tables_of_routine_.end() ? std::set<QName>{} : called->second) add(table.name);
    return out;
  }

  bool stands(const QName& name) const {
    return spec_.after.table(name) != nullptr || spec_.after.views.contains(name);
  }

  // `now`: what the table is called in `after`, if it is there.
  void note_table(const Table& table, const QName& now) {
    Fate fate{table.name, table.name.name, std::nullopt, {}};
    if (spec_.after.table(now)) fate.after = now;
    const auto said = spec_.intents.tables.find(now);
    const TableIntent* intent = said == spec_.intents.tables.end() ? nullptr : &said->second;
    fate.now = fate.after ? fate.after->name : "";
    if (fate.after) note_columns(fate, table, *spec_.after.table(*fate.after), intent);
    const bool gone = !stands(table.name);
    if (gone || !fate.columns.empty()) note(std::move(fate));
  }

  static void note_columns(Fate& fate, const Table& table, const Table& now, const TableIntent* intent) {
    for (const auto& column : table.columns) {
      if (find_column(now, column.name)) continue;
      auto& name = fate.columns[column.name];
      if (!intent) continue;
      for (const auto& [called, said] : intent->columns) {
        if (said.renamed_from == column.name) name = called;
      }
    }
  }

  Result<void> judge(const Definition& one, const DefinitionText& text, const Fate& fate) {
    const bool own = one.on == fate.before || (fate.after && one.on == *fate.after);
    // The server's catalog has the new name already.
    const bool follows = texts_follow_ && !is_routine(one);
    // A table of the same name in another schema is the one that it is about.
    const bool namesake = !one.on.empty() && one.on != fate.before && one.on.name == fate.before.name;
    const bool named = !namesake && text.uses_table(fate.before);
    if (one.on == fate.before && !fate.after && !stands(fate.before)) return complain(one, fate.before.name, "", fate);
    if (named && !own && !stands(fate.before) && !(follows && fate.after)) {
      return complain(one, fate.before.name, fate.now, fate);
    }
    const bool row = is_routine(one) ? serves_rows_of(one, text, fate) : own && body_follows(one);
    const bool said_now = fate.after && *fate.after != fate.before && text.uses_table(*fate.after);
    for (const auto& [column, now] : fate.columns) {
      if (follows && !now.empty()) continue;
      const bool of_row = row && text.says_of_row(column);
      const bool by_name =
          (named && text.says_column(fate.before, column)) || (said_now && text.says_column(*fate.after, column));
      const bool listed = own && one.kind != "trigger" && text.says_column(fate.before, column);
      if (of_row || listed || (by_name && !own)) {
        return complain(one, fate.before.name + "." + column, now, fate);
      }
    }
    return {};
  }

  // A table that the publication has.
  Result<void> judge(const Definition& publication, const DefinitionPart& part) {
    const auto table = published_table(part);
    const auto found = table ? by_name_.find(folded(table->name)) : by_name_.end();
    for (const auto at : found == by_name_.end() ? std::set<std::size_t>{} : found->second) {
      const Fate& fate = fates_[at];
      const bool stays = fate.after && publishes(part, *fate.after);
      if (!stays && publishes(part, fate.before) && !stands(fate.before)) {
        return complain(publication, fate.before.name, fate.now, fate);
      }
      for (const auto& [column, now] : stays ? fate.columns : std::map<std::string, std::string>{}) {
        if (publishes_column(part, column)) return complain(publication, fate.before.name + "." + column, now, fate);
      }
    }
    return {};
  }

  // Does a trigger of the table call the routine, and know it its tables apart by nothing?
  bool serves_rows_of(const Definition& routine, const DefinitionText& text, const Fate& fate) const {
    if (!fate.after || text.names("tg_table_name") || text.names("tg_relid")) return false;
    const auto found = tables_of_routine_.find(folded(routine_name(routine)));
    return found != tables_of_routine_.end() && found->second.contains(*fate.after);
  }

  bool called_by_trigger(const Definition& one) const { return tables_of_routine_.contains(folded(routine_name(one))); }

  Result<void> complain(const Definition& one, const std::string& what, const std::string& now, const Fate& fate) {
    Error error{ErrorCode::policy, {}, "change or drop it in the same migration", {}, {}, {}};
    error.message = now.empty()
                        ? fmt::format("{} says {}, which is dropped", display(one.name), what)
                        : fmt::format("{} says {}, which is called {} from now on", display(one.name), what, now);
    const auto at = [&](const auto& places, const QName& name, auto place) {
      const auto found = places.find(name);
      if (!error.place && found != places.end() && place(found->second).line > 0) error.place = place(found->second);
    };
    at(spec_.intents.places, one.name, [](const Place& place) { return place; });
    for (const auto& name : {fate.after.value_or(fate.before), fate.before}) {
      at(spec_.intents.tables, name, [](const TableIntent& said) { return said.place; });
    }
    // A schema that was read as a whole has the routine so: its calls fail, and nothing else does.
    if (!error.place && is_routine(one) && !called_by_trigger(one)) {
      const auto note = error.message + ": calls of it fail from then on";
      if (std::ranges::find(notes_, note) == notes_.end()) notes_.push_back(note);
      return {};
    }
    return fail(std::move(error));
  }

  const Spec& spec_;
  const bool texts_follow_;
  std::vector<std::string>& notes_;
  const HasColumn has_;
  std::vector<Fate> fates_;
  std::map<std::string, std::set<std::size_t>> by_name_;      // places in fates_, by names in small letters
  std::map<std::string, std::set<QName>> tables_of_routine_;  // whose triggers call it
};

}  // namespace

Result<void> check_definitions(const Spec& spec, bool texts_follow, std::vector<std::string>& notes) {
  if (spec.after.definitions.empty()) return {};
  return Search(spec, texts_follow, notes).run();
}

}  // namespace forge
