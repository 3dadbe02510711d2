#include "engine/model/rights.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>

#include "engine/model/definition.hpp"

namespace forge {
namespace {

constexpr std::string_view kGrant = "grant", kOwner = "owner", kOwnerTo = " OWNER TO ";

bool is_grant(const DefinitionPart& part) { return part.key.starts_with(kGrant); }

// The role of "ALTER … OWNER TO role".
std::string_view role_of(std::string_view text) {
  const auto at = text.rfind(kOwnerTo);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + kOwnerTo.size());
}

void give_to(std::string& text, const std::string& role) {
  const auto at = text.rfind(kOwnerTo);
  if (at != std::string::npos && !role.empty()) text.replace(at + kOwnerTo.size(), std::string::npos, role);
}

DefinitionPart* owner_part(Definition& one) {
  const auto found = std::ranges::find(one.parts, kOwner, &DefinitionPart::key);
  return found == one.parts.end() ? nullptr : &*found;
}

template <class T>
void adopt_definer(T& one, T& other) {
  if (one.definer.empty()) one.definer = other.definer;
  if (other.definer.empty()) other.definer = one.definer;
}

// The table of one state under its name in the other, with the columns that are called otherwise there.
struct Counterpart {
  QName from, to;
  std::vector<std::pair<std::string, std::string>> columns;  // from, to
};

class Settling {
 public:
  Settling(Schema& before, Schema& after, const Intents& intents) : before_(before), after_(after) {
    for (const auto& [name, intent] : intents.tables) {
      Counterpart pair{intent.renamed_from.empty() ? name : intent.renamed_from, name, {}};
      for (const auto& [column, said] : intent.columns) {
        if (!said.renamed_from.empty()) pair.columns.emplace_back(said.renamed_from, column);
      }
      if (pair.from != pair.to || !pair.columns.empty()) renamed_.push_back(std::move(pair));
    }
  }

  void run() {
    for (auto& [name, view] : before_.views) {
      const auto found = after_.views.find(name);
      if (found != after_.views.end()) adopt_definer(view, found->second);
    }
    const bool forward = after_.grants_untold && !before_.grants_untold;
    const bool backward = before_.grants_untold && !after_.grants_untold;
    for (auto& [name, one] : before_.definitions) {
      Definition* other = counterpart(one);
      if (!other) continue;
      adopt_definer(one, *other);
      settle_owner_part(one, *other);
      if (forward) adopt_parts(one, *other);
      if (backward) adopt_parts(*other, one);
    }
    settle_owners(before_, after_, false);
    settle_owners(after_, before_, true);
    if (forward) adopt_grants(before_, after_, false);
    if (backward) adopt_grants(after_, before_, true);
  }

 private:
  // Under the names of the other state; `back` is from after to before.
  Definition renamed(Definition one, bool back) const {
    for (const auto& pair : renamed_) {
      const auto& from = back ? pair.to : pair.from;
      if (one.on != from) continue;
      for (const auto& [was, now] : pair.columns) rename_column(one, from, back ? now : was, back ? was : now);
      if (pair.from != pair.to) rename_table(one, from, back ? pair.from : pair.to);
      break;
    }
    return one;
  }
  Definition* counterpart(const Definition& one) {
    auto found = after_.definitions.find(renamed(one, false).name);
    return found == after_.definitions.end() ? nullptr : &found->second;
  }
  static void adopt_parts(const Definition& told, Definition& untold) {
    for (const auto& part : told.parts) {
      if (is_grant(part)) untold.parts.push_back(part);
    }
  }
  // Who owns an object is stated by both or by neither: what one does not state belongs to its database's owner, or
  // to whom the other says where that is not known.
  void settle_owner_part(Definition& one, Definition& other) const {
    for (auto [a, b, owner] : {std::tuple{&one, &other, &after_.owner}, std::tuple{&other, &one, &before_.owner}}) {
      const auto* said = owner_part(*a);
      if (!said || owner_part(*b)) continue;
      if (role_of(said->make) == *owner) {
        std::erase_if(a->parts, [](const DefinitionPart& part) { return part.key == kOwner; });
      } else {
        b->parts.push_back(*said);
        give_to(b->parts.back().make, *owner);
      }
    }
  }
  void settle_owners(Schema& told, Schema& other, bool back) const {
    for (auto at = told.definitions.begin(); at != told.definitions.end();) {
      auto& one = at->second;
      auto made = renamed(one, back);
      if (one.kind != kOwner || !holds(other, made) || other.definitions.contains(made.name)) {
        ++at;
      } else if (role_of(one.create) == other.owner) {
        at = told.definitions.erase(at);
      } else {
        give_to(made.create, other.owner);
        other.definitions.insert_or_assign(made.name, std::move(made));
        ++at;
      }
    }
  }
  // "owner of schema app", or of what it stands on.
  static bool holds(const Schema& schema, const Definition& owner) {
    if (!owner.on.empty()) return schema.tables.contains(owner.on) || schema.views.contains(owner.on);
    const auto said = called_name(owner);
    const auto named = [&](std::string_view word) {
      return said.starts_with(word) ? parse_qname(std::string_view(said).substr(word.size())) : QName{};
    };
    return schema.namespaces.contains({"", named("of schema ").name}) ||
           schema.sequences.contains(named("of sequence ")) || schema.enums.contains(named("of type "));
  }
  // What of the grants can be held there: those on what has gone go with it.
  void adopt_grants(const Schema& told, Schema& untold, bool back) const {
    for (const auto& [name, one] : told.definitions) {
      if (one.kind != kGrant) continue;
      auto made = renamed(one, back);
      const Table* table = untold.table(made.on);
      const bool there = made.on.empty() || table || untold.views.contains(made.on);
      if (there && (!table || has_column(*table, made))) untold.definitions.insert_or_assign(made.name, made);
    }
    untold.grants_untold = false;
  }
  // "SELECT of total to 'app'@'%'" needs its column.
  static bool has_column(const Table& table, const Definition& grant) {
    const auto said = called_name(grant);
    const auto begin = said.find(" of "), end = said.find(" to ");
    if (begin == std::string::npos || end == std::string::npos || end < begin) return true;
    return find_column(table, parse_qname(said.substr(begin + 4, end - begin - 4)).name) != nullptr;
  }

  Schema& before_;
  Schema& after_;
  std::vector<Counterpart> renamed_;
};

}  // namespace

void settle_rights(Schema& before, Schema& after, const Intents& intents) { Settling(before, after, intents).run(); }

bool states_grants(const Schema& schema) {
  return std::ranges::any_of(schema.definitions, [](const auto& entry) {
    const Definition& one = entry.second;
    return one.kind == kGrant || std::ranges::any_of(one.parts, is_grant);
  });
}

void forget_definers(Schema& schema) {
  for (auto& [name, view] : schema.views) view.definer.clear();
  for (auto& [name, one] : schema.definitions) one.definer.clear();
}

void forget_definer(Schema& schema, const std::string& account) {
  for (auto& [name, view] : schema.views) {
    if (view.definer == account) view.definer.clear();
  }
  for (auto& [name, one] : schema.definitions) {
    if (one.definer == account) one.definer.clear();
  }
}

}  // namespace forge
