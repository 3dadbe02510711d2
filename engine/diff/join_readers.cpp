#include "engine/diff/join_readers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "engine/base/letters.hpp"
#include "engine/model/places.hpp"
#include "engine/model/sql/join_names.hpp"

namespace forge {
namespace {

// A column of a table that both states have, or that comes or goes: its names, "" where it is not there.
struct ColumnChange {
  QName table;  // as it is called afterwards
  std::string before, after;
};

class Search {
 public:
  explicit Search(const Spec& spec) : spec_(spec) {
    for (const auto& [name, said] : spec.intents.tables) {
      if (!said.renamed_from.empty()) was_called_[name] = said.renamed_from;
    }
  }

  Result<void> run() const {
    for (const auto& [name, view] : spec_.after.views) {
      const auto was = spec_.before.views.find(name);
      if (was == spec_.before.views.end()) continue;
      const auto now = join_names(view.query), before = join_names(was->second.query);
      if (now.using_names.empty() && !now.natural && !before.natural) continue;
      for (const auto& used : view.uses) FORGE_TRY(judge(view, now, now.natural || before.natural, used));
    }
    return {};
  }

 private:
  Result<void> judge(const View& view, const JoinNames& joins, bool natural, const QName& used) const {
    for (const auto& change : changes_of(used)) {
      const bool renamed = !change.before.empty() && !change.after.empty() && change.before != change.after;
      for (const auto& name : {change.before, change.after}) {
        if (name.empty()) continue;
        if (renamed && joins.using_names.contains(folded(name)))
          return complain(view, change, fmt::format("USING ({}), and that column gets another name", change.before));
        if (natural && common(view, used, name))
          return complain(view, change, fmt::format("NATURAL, and {} of {} changes", name, display(used)));
      }
    }
    return {};
  }

  // The columns of a table that are not the same before and after.
  std::vector<ColumnChange> changes_of(const QName& name) const {
    const auto renamed = was_called_.find(name);
    const Table* was = spec_.before.table(renamed == was_called_.end() ? name : renamed->second);
    const Table* is = spec_.after.table(name);
    std::vector<ColumnChange> out;
    if (!was || !is) return out;
    std::set<std::string> taken;
    const auto said = spec_.intents.tables.find(name);
    for (const auto& column : is->columns) {
      std::string from = column.name;
      if (said != spec_.intents.tables.end()) {
        const auto intent = said->second.columns.find(column.name);
        if (intent != said->second.columns.end() && !intent->second.renamed_from.empty())
          from = intent->second.renamed_from;
      }
      const auto* before = find_column(*was, from);
      if (before) taken.insert(from);
      if (!before || !(*before == column)) out.push_back({name, before ? from : "", column.name});
    }
    for (const auto& column : was->columns) {
      if (!taken.contains(column.name)) out.push_back({name, column.name, ""});
    }
    return out;
  }

  // Does another source of the view have, or get, such a column? Of a view nothing is known.
  bool common(const View& view, const QName& used, const std::string& name) const {
    const auto has = [&](const Table* table) {
      return table &&
             std::ranges::any_of(table->columns, [&](const Column& one) { return folded(one.name) == folded(name); });
    };
    return std::ranges::any_of(view.uses, [&](const QName& other) {
      if (other == used) return false;
      const auto renamed = was_called_.find(other);
      return has(spec_.after.table(other)) ||
             has(spec_.before.table(renamed == was_called_.end() ? other : renamed->second));
    });
  }

  std::unexpected<Error> complain(const View& view, const ColumnChange& change, const std::string& how) const {
    Error error{ErrorCode::refused, {}, {}, {}, {}, {}};
    error.message = fmt::format("the view {} joins by {}: write ON with both columns in a migration of its own first",
                                display(view.name), how);
    error.place = place_of(spec_.intents, view.name, {});
    if (!error.place) error.place = place_of(spec_.intents, change.table, change.after);
    if (!error.place) error.place = place_of(spec_.intents, change.table, {});
    return fail(std::move(error));
  }

  const Spec& spec_;
  std::map<QName, QName> was_called_;
};

}  // namespace

Result<void> check_join_readers(const Spec& spec) { return Search(spec).run(); }

}  // namespace forge
