// What a user says besides shapes must be about something: renames name what was there, backfills serve what is new.
#include <fmt/format.h>

#include <algorithm>

#include "engine/lua/spec_draft.hpp"
#include "engine/lua/spec_sql.hpp"

namespace forge::spec {
namespace {

class IntentCheck {
 public:
  IntentCheck(Context& context, const Schema& schema, SchemaDraft& after)
      : c_(context), before_(schema), draft_(after) {}

  Result<void> run() {
    for (const auto& [name, intent] : draft_.intents.tables) {
      FORGE_TRY(table(name, intent));
      for (const auto& [column_name, said] : intent.columns) FORGE_TRY(column(name, intent, column_name, said));
    }
    for (const auto& [name, place] : draft_.dropped) FORGE_TRY(dropped(name, place));
    for (const auto& [name, member] : draft_.renamed_members) {
      FORGE_TRY(renamed_member(name, member.first, member.second));
    }
    return {};
  }

 private:
  // The table in `before` that a table of `after` was, or null.
  const Table* old_table(const QName& name, const TableIntent& intent) const {
    return before_.table(intent.renamed_from.empty() ? name : intent.renamed_from);
  }

  bool renamed_too(const QName& name) const {
    const auto found = draft_.intents.tables.find(name);
    return found != draft_.intents.tables.end() && !found->second.renamed_from.empty();
  }

  NodePlace place_of(const QName& name, const std::string& column_name = {}) const {
    const auto found = draft_.places.find(name);
    if (found == draft_.places.end()) return 0;
    const auto* now = draft_.schema.table(name);
    for (std::size_t i = 0; now != nullptr && i < now->columns.size() && i < found->second.columns.size(); ++i) {
      if (now->columns[i].name == column_name) return found->second.columns[i];
    }
    return found->second.table;
  }

  Result<void> table(const QName& name, const TableIntent& intent) {
    const auto& from = intent.renamed_from;
    if (from.empty()) return {};
    const auto place = place_of(name);
    if (before_.table(from) == nullptr) {
      std::vector<std::string> known;
      known.reserve(before_.tables.size());
      for (const auto& [other, value] : before_.tables) known.push_back(display(other));
      return c_.wrong(
          place, "renamed_from", display(name),
          fmt::format("table '{}' is renamed from '{}', which `before` lacks", display(name), display(from)),
          suggest(display(from), known));
    }
    if (draft_.schema.table(from) != nullptr) {
      return c_.wrong(
          place, "renamed_from", display(name),
          fmt::format("table '{}' is renamed from '{}', which is still there", display(name), display(from)),
          renamed_too(from)
              ? fmt::format("tables change names one after another: give '{}' a third name in a migration "
                            "of its own, before this one",
                            display(name))
              : "a table that stays has not been renamed; bring one that takes its name in a migration of its own, "
                "after "
                "this one");
    }
    if (before_.table(name) != nullptr) {
      return c_.wrong(place, "renamed_from", display(name),
                      fmt::format("table '{}' is renamed from '{}', and `before` already has a table '{}'",
                                  display(name), display(from), display(name)),
                      fmt::format("the name must be free: rename or drop that '{}' in a migration of its own, before "
                                  "this one",
                                  display(name)));
    }
    for (const auto& [other, said] : draft_.intents.tables) {
      if (other != name && said.renamed_from == from) {
        return c_.wrong(place, "renamed_from", display(name),
                        fmt::format("tables '{}' and '{}' are both renamed from '{}'", display(name), display(other),
                                    display(from)));
      }
    }
    return {};
  }

  Result<void> column(const QName& name, const TableIntent& intent, const std::string& column_name,
                      const ColumnIntent& said) {
    const auto* was = old_table(name, intent);
    const auto place = place_of(name, column_name);
    if (!said.renamed_from.empty()) FORGE_TRY(renamed(name, was, column_name, intent, place));
    if (!said.backfill_up.empty()) return backfilled(name, was, column_name, said, place);
    return {};
  }

  Result<void> renamed(const QName& name, const Table* was, const std::string& column_name, const TableIntent& intent,
                       NodePlace place) {
    const auto& from = intent.columns.at(column_name).renamed_from;
    const auto object = display(name) + "." + column_name;
    if (was == nullptr || find_column(*was, from) == nullptr) {
      std::vector<std::string> known;
      for (std::size_t i = 0; was != nullptr && i < was->columns.size(); ++i) known.push_back(was->columns[i].name);
      return c_.wrong(place, "renamed_from", column_name,
                      fmt::format("'{}' is renamed from '{}', which `before` lacks", object, from),
                      suggest(from, known));
    }
    const auto* now = draft_.schema.table(name);
    const auto still = intent.columns.find(from);
    const bool replaced = still != intent.columns.end() && !still->second.renamed_from.empty();
    if (now != nullptr && find_column(*now, from) != nullptr && !replaced) {
      return c_.wrong(
          place, "renamed_from", column_name,
          fmt::format("'{}' is renamed from '{}', which is still there", object, from),
          "a column that stays has not been renamed; bring one that takes its name in a migration of its own, after "
          "this one");
    }
    for (const auto& [other, said] : intent.columns) {
      if (other != column_name && said.renamed_from == from) {
        return c_.wrong(place, "renamed_from", column_name,
                        fmt::format("columns '{}' and '{}' are both renamed from '{}'", column_name, other, from));
      }
    }
    const bool moves_on =
        std::ranges::any_of(intent.columns, [&](const auto& one) { return one.second.renamed_from == column_name; });
    if (find_column(*was, column_name) == nullptr || moves_on) return {};
    return c_.wrong(
        place, "renamed_from", column_name,
        fmt::format("'{}' is renamed from '{}', and `before` already has a column '{}'", object, from, column_name),
        fmt::format("the name must be free: rename or drop that '{}' in a migration of its own, before "
                    "this one",
                    column_name));
  }

  Result<void> backfilled(const QName& name, const Table* was, const std::string& column_name, const ColumnIntent& said,
                          NodePlace place) {
    const auto object = display(name) + "." + column_name;
    const auto* now = draft_.schema.table(name);
    const auto* made = now == nullptr ? nullptr : find_column(*now, column_name);
    if (was == nullptr) {
      return c_.wrong(place, "backfill", column_name,
                      fmt::format("'{}' has a backfill, and its table is new: it has no rows to fill", object));
    }
    if (made != nullptr && made->more->generated) {
      return c_.wrong(place, "backfill", column_name, fmt::format("'{}' is generated and needs no backfill", object));
    }
    const auto* old = find_column(*was, said.renamed_from.empty() ? column_name : said.renamed_from);
    if (now != nullptr) {
      auto reviewed = review_backfill(c_, before_, *was, *now, column_name, said, place);
      if (!reviewed && !reviewed.error().place) reviewed.error().place = said.place;
      FORGE_TRY(std::move(reviewed));
    }
    if (old == nullptr || made == nullptr || !said.renamed_from.empty() || !(*old == *made)) return {};
    return c_.wrong(
        place, "backfill", column_name, fmt::format("'{}' has a backfill, and nothing about it changes", object),
        values_change(*made)
            ? "the values of its type alone change, and no backfill goes with that: give the rows that hold a "
              "value which goes another one in a migration of its own, before this one"
            : "a backfill serves a column that is new or changed");
  }

  // Does the column's type get other values?
  bool values_change(const Column& column) const {
    const QName type = parse_qname(column.type.more->ref);
    const auto was = before_.enums.find(type);
    const auto now = draft_.schema.enums.find(type);
    return was != before_.enums.end() && now != draft_.schema.enums.end() && was->second.values != now->second.values;
  }

  Result<void> dropped(const QName& name, NodePlace place) {
    if (draft_.schema.table(name) != nullptr) {
      return c_.wrong(place, "drop_table", {},
                      fmt::format("table '{}' is dropped, and it stands in `after`", display(name)));
    }
    if (before_.table(name) != nullptr) return {};
    std::vector<std::string> known;
    known.reserve(before_.tables.size());
    for (const auto& [other, value] : before_.tables) known.push_back(display(other));
    return c_.wrong(place, display(name), {},
                    fmt::format("table '{}' is dropped, and `before` lacks it", display(name)),
                    suggest(display(name), known));
  }

  Result<void> renamed_member(const QName& name, const std::string& from, NodePlace place) {
    const auto found = draft_.intents.tables.find(name);
    const auto* was = found == draft_.intents.tables.end() ? before_.table(name) : old_table(name, found->second);
    std::vector<std::string> known;
    if (was != nullptr) {
      if (was->primary_key) known.push_back(was->primary_key->name);
      for (const auto& key : was->uniques) known.push_back(key.name);
      for (const auto& index : was->indexes) known.push_back(index.name);
      for (const auto& key : was->foreign_keys) known.push_back(key.name);
      for (const auto& check : was->checks) known.push_back(check.name);
      for (const auto& exclusion : was->exclusions) known.push_back(exclusion.name);
    }
    // Names that an engine gives are not known before the schema is lowered.
    const bool any_unnamed = std::ranges::find(known, "") != known.end();
    if (any_unnamed || std::ranges::find(known, from) != known.end()) return {};
    return c_.wrong(place, "renamed_from", {},
                    fmt::format("'{}' is renamed, and `before` has no such member of table '{}'", from, display(name)),
                    suggest(from, known));
  }

  Context& c_;
  const Schema& before_;
  SchemaDraft& draft_;
};

}  // namespace

Result<void> check_intents(Context& c, const Schema& before, SchemaDraft& draft) {
  return IntentCheck(c, before, draft).run();
}

}  // namespace forge::spec
