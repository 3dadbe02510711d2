#include "engine/diff/star_readers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "engine/base/letters.hpp"
#include "engine/model/places.hpp"
#include "engine/model/sql/renaming.hpp"
#include "engine/model/sql/text.hpp"
#include "engine/model/star_views.hpp"

namespace forge {
namespace {

using Names = std::set<std::string>;  // in small letters

// What tables and views of one state give, by their names.
class Outputs {
 public:
  explicit Outputs(const Schema& schema) : schema_(schema) {}

  // The columns that a table or view gives; nullopt where its text does not tell.
  std::optional<Names> of(const QName& name) {
    if (const Table* table = schema_.table(name)) return of_table(*table);
    const auto view = schema_.views.find(name);
    if (view == schema_.views.end()) return std::nullopt;
    const auto [found, fresh] = known_.try_emplace(name);  // a view that reads itself knows nothing
    if (fresh) found->second = of_view(view->second);
    return known_.at(name);
  }

 private:
  static Names of_table(const Table& table) {
    Names out;
    for (const auto& column : table.columns) out.insert(folded(column.name));
    return out;
  }

  std::optional<Names> of_view(const View& view) {
    Names out;
    for (const auto& column : view.columns) out.insert(folded(column));
    if (!view.columns.empty()) return out;
    const auto said = given_by(view.query);
    if (!said) return std::nullopt;
    for (const auto& name : said->names) out.insert(folded(name));
    for (const auto& source : said->stars) {
      if (source.empty()) return std::nullopt;
      const auto used = std::ranges::find(view.uses, folded(source), [](const QName& one) { return folded(one.name); });
      const auto columns = used == view.uses.end() ? std::nullopt : of(*used);
      if (!columns) return std::nullopt;
      out.insert(columns->begin(), columns->end());
    }
    return out;
  }

  const Schema& schema_;
  std::map<QName, std::optional<Names>> known_;
};

class Search {
 public:
  explicit Search(const Spec& spec) : spec_(spec), before_(spec.before), after_(spec.after) {
    for (const auto& [name, said] : spec.intents.tables) {
      for (const auto& [called, column] : said.columns) {
        if (!column.renamed_from.empty()) renamed_[folded(column.renamed_from)].insert(called);
      }
    }
  }

  Result<void> run() {
    for (const auto& [name, view] : spec_.after.views) {
      for (const auto& used : view.uses) FORGE_TRY(judge(view, used));
    }
    return {};
  }

 private:
  Result<void> judge(const View& reader, const QName& used) {
    const auto found = spec_.after.views.find(used);
    if (found == spec_.after.views.end()) return {};
    const auto said = given_by(found->second.query);
    if (!said || said->stars.empty()) return {};
    const auto was = before_.of(used), is = after_.of(used);
    if (!was || !is) return {};
    for (const auto& column : *was) {
      if (is->contains(column) || !query_reads_column(reader.query, used, column)) continue;
      if (!elsewhere(reader, used, column)) return complain(reader, used, column, *is);
    }
    return {};
  }

  // May another source of the reader have such a column?
  bool elsewhere(const View& reader, const QName& used, const std::string& column) {
    return std::ranges::any_of(reader.uses, [&](const QName& other) {
      if (other == used) return false;
      const auto columns = after_.of(other);
      return !columns || columns->contains(column);
    });
  }

  std::unexpected<Error> complain(const View& reader, const QName& used, const std::string& column,
                                  const Names& given) const {
    const auto to = renamed_.find(column);
    const bool known = to != renamed_.end() && to->second.size() == 1 && given.contains(folded(*to->second.begin()));
    const auto now = known ? *to->second.begin() : std::string();
    Error error{ErrorCode::policy, {}, {}, {}, {}, {}};
    const auto star =
        fmt::format("view '{}' reads '{}' of view '{}', whose * gives ", display(reader.name), column, display(used));
    error.message = known ? fmt::format("{}'{}' in its place from now on", star, now) : star + "it no more";
    error.hint = known ? fmt::format(
                             "state the query of '{}' with the new name, as in SELECT {} AS {}, or that of '{}' "
                             "with its columns in place of the *",
                             display(reader.name), now, column, display(used))
                       : fmt::format("change or drop '{}' in the same migration", display(reader.name));
    error.place = place_of(spec_.intents, reader.name, {});
    if (!error.place) error.place = place_of(spec_.intents, used, {});
    if (!error.place) error.place = place_of_column(column, now);
    return fail(std::move(error));
  }

  // Where `changes` speaks of the column of a table that goes or is called `now`.
  std::optional<Place> place_of_column(const std::string& column, const std::string& now) const {
    for (const auto& [name, said] : spec_.intents.tables) {
      const Table* was = spec_.before.table(said.renamed_from.empty() ? name : said.renamed_from);
      const Table* is = spec_.after.table(name);
      const auto called = [&](const Column& one) { return folded(one.name) == column; };
      if (!was || std::ranges::none_of(was->columns, called) || (is && std::ranges::any_of(is->columns, called)))
        continue;
      if (auto place = place_of(spec_.intents, name, now)) return place;
    }
    return std::nullopt;
  }

  const Spec& spec_;
  Outputs before_, after_;
  std::map<std::string, std::set<std::string>>
      renamed_;  // what columns are called now, by their old names in small letters
};

}  // namespace

Result<void> check_star_readers(const Spec& spec) { return Search(spec).run(); }

}  // namespace forge
