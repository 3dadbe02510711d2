#include "engine/diff/unclear_renames.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "engine/diff/rewrite.hpp"
#include "engine/model/places.hpp"
#include "engine/model/schema_columns.hpp"

namespace forge {
namespace {

struct Renamed {
  QName before, after;
  std::map<std::string, std::string> columns;  // those that get other names
};

// An object as the renames leave it, and what is unclear in its text: of which table, which name, and why.
template <class Object>
struct Followed {
  Object object;
  const Renamed* one = nullptr;
  std::string name, why;
};

class Search {
 public:
  explicit Search(const Spec& spec) : spec_(spec), has_(columns_of(spec.before)) {
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
      if (speaks_in_statements(one)) FORGE_TRY(judge(one));
    }
    for (const auto& [name, view] : spec_.before.views) FORGE_TRY(judge(view));
    return {};
  }

 private:
  // Does the specification leave the text to the renames? `was`, what they make of it, and what it is afterwards.
  static bool follows(const std::string& was, const std::string& made, const std::string& now) {
    return now == made || now == was;
  }

  template <class Object>
  Followed<Object> followed(Object object) const {
    Followed<Object> out{std::move(object), nullptr, {}, {}};
    const auto note = [&](const Renamed& one, const std::string& name, std::string why) {
      if (out.why.empty() && !why.empty()) out = {std::move(out.object), &one, name, std::move(why)};
    };
    for (const auto& one : renamed_) {
      for (const auto& [from, to] : one.columns) note(one, from, rename_column(out.object, one.before, from, to, has_));
      if (one.before != one.after) note(one, one.before.name, rename_table(out.object, one.before, one.after, has_));
    }
    return out;
  }

  Result<void> judge(const Definition& was) const {
    const auto made = followed(was);
    if (made.why.empty()) return {};
    auto now = spec_.after.definitions.find(made.object.name);
    if (now == spec_.after.definitions.end()) now = spec_.after.definitions.find(was.name);
    if (now == spec_.after.definitions.end()) return {};
    const bool by_itself = follows(was.create, made.object.create, now->second.create) &&
                           follows(was.body, made.object.body, now->second.body);
    return by_itself ? complain(now->first, *made.one, made.name, made.why) : Result<void>{};
  }

  Result<void> judge(const View& was) const {
    const auto made = followed(was);
    const auto now = spec_.after.views.find(was.name);
    if (made.why.empty() || now == spec_.after.views.end()) return {};
    const bool by_itself = follows(was.query, made.object.query, now->second.query);
    return by_itself ? complain(now->first, *made.one, made.name, made.why) : Result<void>{};
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
  const HasColumn has_;
  std::vector<Renamed> renamed_;
};

}  // namespace

Result<void> check_unclear_renames(const Spec& spec) { return Search(spec).run(); }

}  // namespace forge
