#include "engine/model/mongodb_states.hpp"

#include <algorithm>
#include <set>

#include "engine/model/mongodb_validator.hpp"

namespace forge {
namespace {

// The BSON types that a type's values have; empty: any.
std::set<std::string> bson_types(const Type& type) {
  static const std::map<std::string, std::string> kWords{
      {"integer", "int"},  {"bigint", "long"},  {"double", "double"},   {"numeric", "decimal"},
      {"boolean", "bool"}, {"text", "string"},  {"varchar", "string"},  {"enum", "string"},
      {"uuid", "binData"}, {"blob", "binData"}, {"timestamptz", "date"}};
  if (type.more->array > 0) return {"array"};
  if (const auto found = kWords.find(type.name); found != kWords.end()) return {found->second};
  std::set<std::string> out;
  if (type.name != "native" || type.more->ref == "any") return out;
  const std::string& ref = type.more->ref;
  for (std::size_t at = 0; at <= ref.size();) {
    const auto end = std::min(ref.find('|', at), ref.size());
    out.insert(ref.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

// Whether every value of the first type is one of the second.
bool within(const Type& seen, const Type& stated) {
  const auto a = bson_types(seen), b = bson_types(stated);
  return a.empty() || b.empty() || std::ranges::includes(b, a);
}

bool unseen(const Table& table, const Column& column, bool other_was_read) {
  return is_inferred(column) || (other_was_read && !is_closed(table) && is_silent(column));
}

// A field as documents have it while no validator speaks of it: of the type that it is to have, where its values allow that.
Column unenforced(const Column& seen, const Type& stated) {
  Column out = inferred_field(seen.name, Json::object());
  out.type = within(seen.type, stated) ? stated : seen.type;
  return out;
}

class Settling {
 public:
  explicit Settling(Spec& spec) : spec_(spec) {}

  void run() {
    for (const auto& [name, table] : spec_.after.tables) {
      const auto intent = spec_.intents.tables.find(name);
      const bool renamed = intent != spec_.intents.tables.end() && !intent->second.renamed_from.empty();
      const QName was = renamed ? intent->second.renamed_from : name;
      static const std::map<std::string, ColumnIntent> kNone;
      settle(was, name, intent == spec_.intents.tables.end() ? kNone : intent->second.columns);
    }
    // What goes as a whole goes with the fields that were seen in it.
  }

 private:
  void settle(const QName& was, const QName& name, const std::map<std::string, ColumnIntent>& intents) {
    const Table* before = spec_.before.table(was);
    const Table* after = spec_.after.table(name);
    if (!before) return made_anew(name);
    Table old_table = *before, new_table = *after;
    from_before(old_table, new_table, intents);
    from_after(old_table, new_table, intents);
    if (!(old_table == *before)) spec_.before.put_table(std::move(old_table));
    if (!(new_table == *after)) spec_.after.put_table(std::move(new_table));
  }

  // A table that comes has the fields that are stated.
  void made_anew(const QName& name) {
    Table table = *spec_.after.table(name);
    std::erase_if(table.columns, is_inferred);
    spec_.after.put_table(std::move(table));
  }

  // The name that a field of `before` has in `after`.
  static std::string name_after(const std::string& name, const std::map<std::string, ColumnIntent>& intents) {
    for (const auto& [now, intent] : intents) {
      if (intent.renamed_from == name) return now;
    }
    return name;
  }

  void from_before(Table& before, const Table& after, const std::map<std::string, ColumnIntent>& intents) const {
    std::erase_if(before.columns, [&](Column& column) {
      if (!unseen(before, column, spec_.after.read_from_server)) return false;
      const Column* now = find_column(after, name_after(column.name, intents));
      if (!now) return true;
      if (is_inferred(*now) && now->name == column.name) {
        column = *now;
      } else if (is_inferred(column)) {
        column = unenforced(column, now->type);
      }
      return false;
    });
  }

  void from_after(Table& before, Table& after, const std::map<std::string, ColumnIntent>& intents) const {
    std::erase_if(after.columns, [&](Column& column) {
      if (!unseen(after, column, spec_.before.read_from_server)) return false;
      const auto said = intents.find(column.name);
      if (said != intents.end() && (!said->second.renamed_from.empty() || !said->second.backfill_up.empty()))
        return false;
      const Column* was = find_column(before, column.name);
      if (!was && is_inferred(column)) return true;
      if (!was) {
        before.columns.push_back(column);
      } else if (is_inferred(column) && !is_inferred(*was)) {
        column = unenforced(column, was->type);
      }
      return false;
    });
  }

  Spec& spec_;
};

}  // namespace

void adopt_untold(Schema& read, const Schema& stated) {
  for (const auto& [name, from] : stated.tables) {
    const Table* into = read.table(name);
    if (!into) continue;
    Table copy = *into;
    for (const auto& key : from->foreign_keys) {
      const bool there =
          std::ranges::all_of(key.columns, [&](const auto& column) { return find_column(*into, column) != nullptr; });
      const bool known = std::ranges::find(copy.foreign_keys, key.name, &ForeignKey::name) != copy.foreign_keys.end();
      if (there && !known && read.table(key.ref)) copy.foreign_keys.push_back(key);
    }
    for (const auto& check : from->checks) {
      const auto same = std::ranges::find(copy.checks, check.expr, &Check::expr);
      const bool taken = std::ranges::find(copy.checks, check.name, &Check::name) != copy.checks.end();
      if (same != copy.checks.end() && !taken) same->name = check.name;
    }
    if (!(copy == *into)) read.put_table(std::move(copy));
  }
}

void settle_unseen_fields(Spec& spec) { Settling(spec).run(); }

}  // namespace forge
