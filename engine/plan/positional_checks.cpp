#include "engine/plan/positional_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "engine/base/letters.hpp"
#include "engine/diff/editor.hpp"
#include "engine/model/places.hpp"
#include "engine/model/positional.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {
namespace {

using Shape = std::vector<std::string>;  // the columns that a star gives, as `before` calls them

// One way in which a view or definition takes a table.
struct Use {
  QName reader;
  std::string how;   // for people
  std::string text;  // of the reader: another text is another reader
  bool written = false, view = false;
};

// Beside operations on columns.
bool changes_shape(const Change& op) {
  const auto kind = kind_of(op);
  return kind == "table" || kind == "shell" || kind == "view" || kind == "definition";
}

struct Known {
  bool read = false;
  std::string create, body;
  Positional taken;
};

class Watch {
 public:
  Watch(const Spec& spec, bool fewer_values) : spec_(spec), fewer_values_(fewer_values) {
    for (const auto& [name, said] : spec.intents.tables) {
      if (!said.renamed_from.empty()) old_tables_[name] = said.renamed_from;
      for (const auto& [called, column] : said.columns) {
        if (!column.renamed_from.empty()) old_columns_[name][called] = column.renamed_from;
      }
    }
  }

  // Does anything of the schema take a table by position?
  bool concerns(const Schema& schema) {
    const auto view = [&](const auto& entry) { return !arms(entry.second).empty(); };
    const auto definition = [&](const auto& entry) { return !positional(entry.second).empty(); };
    return std::ranges::any_of(schema.views, view) || std::ranges::any_of(schema.definitions, definition);
  }

  // May the operation change what `look` would see?
  bool matters(const Change& op) const {
    const auto* column = std::get_if<Delta<Column>>(&op);
    return column ? used_.contains(column->table) : changes_shape(op);
  }

  Result<void> look(const Schema& schema) {
    for (const auto& [name, view] : schema.views) {
      const auto& stars = arms(view);
      if (stars.empty()) continue;
      const Use use{name, "by a * in an arm of UNION, INTERSECT or EXCEPT", view.query, false, true};
      for (const auto& table : tables_of_view(schema, stars)) FORGE_TRY(see(schema, use, table));
    }
    for (const auto& [name, one] : schema.definitions) {
      const auto& taken = positional(one);
      if (taken.empty()) continue;
      Use use{name, "by NEW.* or OLD.* in an INSERT", one.create + "\n" + one.body, false, false};
      if (taken.row) {
        for (const auto& table : rows_of(schema, one)) FORGE_TRY(see(schema, use, table));
      }
      use.how = "by a * in an INSERT";
      for (const auto& table : taken.read) FORGE_TRY(see_named(schema, use, table));
      use.how = "by an INSERT without a list of columns";
      use.written = true;
      for (const auto& table : taken.written) FORGE_TRY(see_named(schema, use, table));
    }
    return {};
  }

 private:
  // Read anew only where the text is another one.
  const Positional& positional(const Definition& one) {
    auto& known = definitions_[one.name];
    if (!known.read || known.create != one.create || known.body != one.body) {
      known = {true, one.create, one.body, positional_of(one)};
    }
    return known.taken;
  }
  const std::set<std::string>& arms(const View& view) {
    const auto [found, fresh] = views_.try_emplace(view.name, view.query, std::set<std::string>{});
    auto& [query, stars] = found->second;
    if (fresh || query != view.query) found->second = {view.query, stars_in_arms(view.query)};
    return stars;
  }

  // The tables of these names, and those whose columns the views of these names give on by stars.
  static std::set<QName> tables_of_view(const Schema& schema, std::set<std::string> names) {
    std::set<QName> out;
    std::vector<std::string> open(names.begin(), names.end());
    while (!open.empty()) {
      const auto name = open.back();
      open.pop_back();
      for (const auto& [called, table] : schema.tables) {
        if (folded(called.name) == name) out.insert(called);
      }
      for (const auto& [called, view] : schema.views) {
        if (folded(called.name) != name) continue;
        for (const auto& given : stars_of(view.query)) {
          if (names.insert(given).second) open.push_back(given);
        }
      }
    }
    return out;
  }

  // Whose rows a trigger or rule is called for, or the triggers that call a function.
  static std::set<QName> rows_of(const Schema& schema, const Definition& one) {
    if (!one.on.empty()) return {one.on};
    std::set<QName> out;
    const auto called = called_name(one);
    const auto own = folded(called.substr(0, called.find('(')));
    for (const auto& [name, trigger] : schema.definitions) {
      if (trigger.kind != "trigger") continue;
      const auto names = names_in(trigger.create);
      if (std::ranges::any_of(names, [&](const auto& word) { return folded(word) == own; })) out.insert(trigger.on);
    }
    return out;
  }

  Result<void> see_named(const Schema& schema, const Use& use, const std::string& table) {
    for (const auto& [name, held] : schema.tables) {
      if (folded(name.name) == table) FORGE_TRY(see(schema, use, name));
    }
    return {};
  }

  Result<void> see(const Schema& schema, const Use& use, const QName& name) {
    const Table* table = schema.table(name);
    if (!table) return {};
    used_.insert(name);
    Shape shape = shape_of(*table);
    const auto key = fmt::format("{}\n{}\n{}\n{}", display(use.reader), display(name), use.how, use.text);
    const auto [found, fresh] = seen_.try_emplace(key, shape);
    const Shape& was = found->second;
    if (fresh || was == shape) return {};
    const bool more = was.size() < shape.size() && std::equal(was.begin(), was.end(), shape.begin());
    if (use.written && fewer_values_ && more) return {};
    return complain(use, name);
  }

  Shape shape_of(const Table& table) const {
    const auto renamed = old_columns_.find(table.name);
    Shape out;
    for (const auto& column : table.columns) {
      if (column.more->invisible) continue;
      out.push_back(column.name);
      if (renamed == old_columns_.end()) continue;
      const auto old = renamed->second.find(column.name);
      if (old != renamed->second.end()) out.back() = old->second;
    }
    return out;
  }

  // The table as `after` calls it, or `before` if it goes.
  QName stated(const QName& name) const {
    if (spec_.after.table(name)) return name;
    for (const auto& [now, old] : old_tables_) {
      if (old == name) return now;
    }
    return name;
  }

  std::unexpected<Error> complain(const Use& use, const QName& name) const {
    const auto now = stated(name);
    Error error{ErrorCode::policy, {}, {}, {}, {}, {}};
    error.message = fmt::format(
        "{} takes the columns of '{}' as they come, {}, and this migration adds, takes away or moves "
        "one of them under it",
        use.view ? fmt::format("view '{}'", display(use.reader)) : display(use.reader), display(now), use.how);
    const std::string way = use.view      ? "write the columns of the view out in place of the *"
                            : use.written ? "let the INSERT name its columns"
                                          : "let it name the columns in place of the *";
    error.hint = way + ", in a migration of its own before this one";
    error.place = place_of_columns(now);
    if (!error.place) error.place = place_of(spec_.intents, use.reader, {});
    return fail(std::move(error));
  }

  // Where the specification speaks of a column of the table that is not as it was, or of the table.
  std::optional<Place> place_of_columns(const QName& now) const {
    const auto old = old_tables_.find(now);
    const Table* was = spec_.before.table(old == old_tables_.end() ? now : old->second);
    const Table* is = spec_.after.table(now);
    const auto table = place_of(spec_.intents, now, {});
    for (const bool altered : {false, true}) {  // one that comes or is renamed is the likelier reason
      for (const auto& column : is ? is->columns : std::vector<Column>{}) {
        const Column* same = was ? find_column(*was, column.name) : nullptr;
        if ((same != nullptr) != altered || (same && *same == column)) continue;
        const auto place = place_of(spec_.intents, now, column.name);
        const bool own = place && (!table || place->line != table->line || place->column != table->column);
        if (own) return place;
      }
    }
    return table;
  }

  const Spec& spec_;
  const bool fewer_values_;
  std::map<QName, QName> old_tables_;                                // by names in `after`
  std::map<QName, std::map<std::string, std::string>> old_columns_;  // the same
  std::map<QName, Known> definitions_;
  std::map<QName, std::pair<std::string, std::set<std::string>>> views_;  // their queries, and what these take
  std::map<std::string, Shape> seen_;
  std::set<QName> used_;  // tables that something takes by position
};

}  // namespace

Result<void> check_positional(const Spec& spec, const std::vector<Step>& steps, bool fewer_values) {
  Watch watch(spec, fewer_values);
  if (!watch.concerns(spec.before) && !watch.concerns(spec.after)) return {};
  Schema schema = spec.before;
  SchemaEditor editor(schema);
  editor.carry_missing_targets(spec.before, spec.after);
  FORGE_TRY(watch.look(schema));
  for (const auto& step : steps) {
    for (const auto& op : step.ops) {
      if (!editor.apply(op)) return {};
      if (watch.matters(op)) FORGE_TRY(watch.look(schema));
    }
  }
  return {};
}

}  // namespace forge
