#include "engine/diff/change.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/model/equivalence.hpp"

namespace forge {
namespace {

template <class T>
constexpr bool kIsMember = requires(T value) { value.name.size(); };  // its name is a plain string

// The value after the change, or before a drop; a default one where a module gave neither.
template <class T>
const T& value_of(const Delta<T>& delta) {
  static const T kNone{};
  return delta.after ? *delta.after : delta.before ? *delta.before : kNone;
}

template <class T>
bool only_renamed(const T& before, const T& after) {
  T renamed = before;
  renamed.name = after.name;
  return before.name != after.name && equivalent(renamed, after);
}

template <class T>
Verb verb(const Delta<T>& delta) {
  if (!delta.before) return Verb::create;
  if (!delta.after) return Verb::drop;
  if constexpr (std::is_same_v<T, Table>)
    return Verb::alter;  // not legal: shells and members are altered
  else
    return only_renamed(*delta.before, *delta.after) ? Verb::rename : Verb::alter;
}

template <class T>
constexpr std::string_view kKind;
template <>
constexpr std::string_view kKind<Namespace> = "schema";
template <>
constexpr std::string_view kKind<EnumType> = "enum";
template <>
constexpr std::string_view kKind<Sequence> = "sequence";
template <>
constexpr std::string_view kKind<Table> = "table";
template <>
constexpr std::string_view kKind<TableShell> = "table";
template <>
constexpr std::string_view kKind<Column> = "column";
template <>
constexpr std::string_view kKind<Index> = "index";
template <>
constexpr std::string_view kKind<ForeignKey> = "foreign_key";
template <>
constexpr std::string_view kKind<Check> = "check";
template <>
constexpr std::string_view kKind<Exclusion> = "exclusion";
template <>
constexpr std::string_view kKind<View> = "view";
template <>
constexpr std::string_view kKind<Definition> = "definition";
template <>
constexpr std::string_view kKind<Sync> = "sync";
template <>
constexpr std::string_view kKind<Raw> = "raw";

template <class T>
std::string_view kind(const Delta<T>& delta) {
  if constexpr (std::is_same_v<T, Key>) {
    return value_of(delta).primary ? "primary_key" : "unique";
  } else {
    return kKind<T>;
  }
}

std::string_view create_word(std::string_view kind) {
  constexpr std::array<std::string_view, 6> kAdded = {"column",      "primary_key", "unique",
                                                      "foreign_key", "check",       "exclusion"};
  return std::ranges::find(kAdded, kind) != kAdded.end() ? "add" : "create";
}

// Fields that are facets by their own name; every other difference is one of the definition.
bool is_facet(std::string_view field) {
  constexpr std::array<std::string_view, 20> kFacets = {
      "name",       "type",     "nullable",  "default",      "generated", "identity", "collation",
      "charset",    "comment",  "on_update", "invisible",    "options",   "values",   "unique",
      "deferrable", "deferred", "not_valid", "not_enforced", "owned_by",  "rules"};
  return std::ranges::find(kFacets, field) != kFacets.end();
}

template <class T>
std::vector<std::string> facets(const Delta<T>& delta) {
  std::vector<std::string> out;
  if constexpr (!std::is_same_v<T, Table>) {
    if (!delta.before || !delta.after) return out;
    bool definition = false;
    for (auto& field : differing_fields(*delta.before, *delta.after)) {
      if (is_facet(field)) {
        out.push_back(std::move(field));
      } else {
        definition = true;
      }
    }
    if (definition) out.emplace_back("definition");
  }
  return out;
}

template <class T>
std::string object(const Delta<T>& delta) {
  const T& value = value_of(delta);
  if constexpr (std::is_same_v<T, Column>) {
    return display(delta.table) + "." + value.name;
  } else if constexpr (std::is_same_v<T, Definition>) {
    return value.name.name;
  } else if constexpr (kIsMember<T>) {
    if (!value.name.empty()) return value.name;
    std::string words(kind(delta));
    std::ranges::replace(words, '_', ' ');
    return fmt::format("{} ({})", display(delta.table), words);
  } else {
    return display(value.name);
  }
}

template <class T>
QName touched_table(const Delta<T>& delta) {
  if constexpr (kIsMember<T>) {
    return delta.table;
  } else if constexpr (std::is_same_v<T, Table> || std::is_same_v<T, TableShell>) {
    return value_of(delta).name;
  } else if constexpr (std::is_same_v<T, Definition>) {
    return value_of(delta).on;
  } else if constexpr (std::is_same_v<T, Sync>) {
    return value_of(delta).table;
  } else {
    return {};
  }
}

}  // namespace

Verb verb_of(const Change& change) {
  return std::visit([](const auto& delta) { return verb(delta); }, change);
}

std::string_view kind_of(const Change& change) {
  return std::visit([](const auto& delta) { return kind(delta); }, change);
}

std::string word_of(const Change& change) {
  const auto noun = kind_of(change);
  const Verb what = verb_of(change);
  if (noun == "raw") return what == Verb::drop ? "undo_raw" : "run_raw";
  switch (what) {
    case Verb::create:
      return fmt::format("{}_{}", create_word(noun), noun);
    case Verb::drop:
      return fmt::format("drop_{}", noun);
    case Verb::rename:
      return fmt::format("rename_{}", noun);
    default:
      return fmt::format("alter_{}", noun);
  }
}

std::string object_of(const Change& change) {
  return std::visit([](const auto& delta) { return object(delta); }, change);
}

QName table_of(const Change& change) {
  return std::visit([](const auto& delta) { return touched_table(delta); }, change);
}

std::vector<std::string> facets_of(const Change& change) {
  return std::visit([](const auto& delta) { return facets(delta); }, change);
}

Change reverse(const Change& change) {
  return std::visit(
      [](auto delta) -> Change {
        std::swap(delta.before, delta.after);
        return delta;
      },
      change);
}

}  // namespace forge
