#include "engine/diff/unclear_renames.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "engine/diff/rewrite.hpp"
#include "engine/model/definition_text.hpp"
#include "engine/model/places.hpp"
#include "engine/model/unclear_text.hpp"

namespace forge {
namespace {

struct Renamed {
  QName before, after;
  std::map<std::string, std::string> columns;  // those that get other names
};

bool has_statement(const Definition& one) {
  return body_follows(one) || one.kind == "policy" || one.kind == "function" || one.kind == "procedure" ||
         one.kind == "event";
}

class Search {
 public:
  explicit Search(const Spec& spec) : spec_(spec) {
    for (const auto& [name, said] : spec.intents.tables) {
      Renamed one{said.renamed_from.empty() ? name : said.renamed_from, name, {}};
      const Table* was = spec.before.table(one.before);
      const Table* is = spec.after.table(name);
      if (!was || !is) continue;
      for (const auto& [called, column] : said.columns) {
        const bool stands = find_column(*is, called) && find_column(*was, column.renamed_from);
        if (stands && column.renamed_from != called) one.columns[column.renamed_from] = called;
      }
      if (one.before != one.after || !one.columns.empty()) renamed_.push_back(std::move(one));
    }
  }

  Result<void> run() const {
    if (renamed_.empty()) return {};
    for (const auto& [name, one] : spec_.before.definitions) {
      if (has_statement(one)) FORGE_TRY(judge(one));
    }
    for (const auto& [name, view] : spec_.before.views) FORGE_TRY(judge(view));
    return {};
  }

 private:
  // The text follows the renames and no more: `was`, what they make of it, and what it is afterwards.
  static bool follows(const std::string& was, const std::string& made, const std::string& now) {
    return was != made && (now == made || now == was);
  }

  template <class Object>
  Object followed(Object object) const {
    for (const auto& one : renamed_) {
      for (const auto& [from, to] : one.columns) rename_column(object, one.before, from, to);
      if (one.before != one.after) rename_table(object, one.before, one.after);
    }
    return object;
  }

  Result<void> judge(const Definition& was) const {
    const auto made = followed(was);
    auto now = spec_.after.definitions.find(made.name);
    if (now == spec_.after.definitions.end()) now = spec_.after.definitions.find(was.name);
    if (now == spec_.after.definitions.end()) return {};
    const bool by_itself =
        follows(was.create, made.create, now->second.create) || follows(was.body, made.body, now->second.body);
    if (!by_itself) return {};
    const DefinitionText text(was);
    const auto sql = was.create + "\n" + was.body;
    for (const auto& one : renamed_) {
      if (was.on != one.before && !text.names(one.before.name)) continue;
      for (const auto& [column, to] : one.columns) {
        if (!text.names(column)) continue;
        const auto other = body_follows(was) ? std::nullopt : other_with(text, one.before, column);
        if (other) return complain(now->first, one, column, fmt::format("{} has a column {} as well", *other, column));
        if (body_follows(was) && derives_column(sql, column))
          return complain(now->first, one, column, "a query behind FROM or JOIN gives one of that name");
        if (lists_column(sql, column)) return complain(now->first, one, column, "the text gives that name itself");
      }
      if (one.before.name == one.after.name || body_follows(was)) continue;
      if (const auto other = other_with(text, {}, one.before.name))
        return complain(now->first, one, one.before.name, fmt::format("{} has a column of that name", *other));
    }
    return {};
  }

  Result<void> judge(const View& was) const {
    const auto made = followed(was);
    auto now = spec_.after.views.find(was.name);
    if (now == spec_.after.views.end() || !follows(was.query, made.query, now->second.query)) return {};
    for (const auto& one : renamed_) {
      if (std::ranges::find(was.uses, one.before) == was.uses.end()) continue;
      const auto another = [&](std::string_view name) {
        return std::ranges::any_of(was.uses,
                                   [&](const QName& used) { return used != one.before && used.name == name; });
      };
      if (hides_table(was.query, one.before.name, another))
        return complain(now->first, one, one.before.name, "the query gives that name itself");
      for (const auto& [column, to] : one.columns) {
        if (lists_column(was.query, column))
          return complain(now->first, one, column, "the query gives that name itself");
      }
    }
    return {};
  }

  // Another table that the text names and that has such a column.
  std::optional<std::string> other_with(const DefinitionText& text, const QName& table,
                                        const std::string& column) const {
    for (const auto& [name, other] : spec_.before.tables) {
      if (name != table && find_column(*other, column) && text.names(name.name)) return display(name);
    }
    return std::nullopt;
  }

  std::unexpected<Error> complain(const QName& object, const Renamed& one, const std::string& name,
                                  const std::string& why) const {
    const auto to = one.columns.find(name);
    const std::string becomes =
        to != one.columns.end() ? fmt::format("which is called {} in {} from now on", to->second, display(one.after))
        : one.before.name != one.after.name ? fmt::format("which is called {} from now on", one.after.name)
                                            : "columns of which get other names";
    Error error{ErrorCode::refused, {}, {}, {}, {}, {}};
    error.message = fmt::format("'{}' says {}, {}, and {}: its text alone does not tell which is meant",
                                display(object), name, becomes, why);
    error.hint = "state its text as it is to be, or let it say something plainer in a migration of its own first";
    error.place = place_of(spec_.intents, object, {});
    if (!error.place && to != one.columns.end()) error.place = place_of(spec_.intents, one.after, to->second);
    if (!error.place) error.place = place_of(spec_.intents, one.after, {});
    return fail(std::move(error));
  }

  const Spec& spec_;
  std::vector<Renamed> renamed_;
};

}  // namespace

Result<void> check_unclear_renames(const Spec& spec) { return Search(spec).run(); }

}  // namespace forge
