// When two objects are the same to a server: expressions are compared as normalize_expression writes them, members of a
// table whatever their order. Names count, and so does every other field.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "engine/model/schema.hpp"

namespace forge {

namespace detail {

// Walks the fields of one value, and remembers where each stands.
struct FieldPlaces {
  std::vector<const void*> places;

  template <class M>
  void operator()(const char*, const M& member) {
    places.push_back(&member);
  }
  template <class M>
  void flat(const Box<M>& box) {
    M::fields(*box, *this);
  }
};

// Walks another value of the same type beside it: field by field, the types are the same.
struct FieldCompare {
  const std::vector<const void*>& places;
  std::vector<std::string> differing;
  std::size_t at = 0;

  template <class M>
  void operator()(const char* name, const M& member) {
    if (!(*static_cast<const M*>(places[at++]) == member)) differing.emplace_back(name);
  }
  template <class M>
  void flat(const Box<M>& box) {
    M::fields(*box, *this);
  }
};

}  // namespace detail

bool equivalent(const Expr& a, const Expr& b);
bool equivalent(const Column& a, const Column& b);
bool equivalent(const Key& a, const Key& b);
bool equivalent(const Index& a, const Index& b);
bool equivalent(const ForeignKey& a, const ForeignKey& b);
bool equivalent(const Check& a, const Check& b);
bool equivalent(const Exclusion& a, const Exclusion& b);
bool equivalent(const TableShell& a, const TableShell& b);
bool equivalent(const Namespace& a, const Namespace& b);
bool equivalent(const EnumType& a, const EnumType& b);
bool equivalent(const Sequence& a, const Sequence& b);
bool equivalent(const View& a, const View& b);
bool equivalent(const Definition& a, const Definition& b);
bool equivalent(const Sync& a, const Sync& b);
bool equivalent(const Raw& a, const Raw& b);

// The value with its expressions in the form in which they are compared.
Column normalized(Column value);
Key normalized(Key value);
Index normalized(Index value);
ForeignKey normalized(ForeignKey value);
Check normalized(Check value);
Exclusion normalized(Exclusion value);
TableShell normalized(TableShell value);
Namespace normalized(Namespace value);
EnumType normalized(EnumType value);
Sequence normalized(Sequence value);
View normalized(View value);
Definition normalized(Definition value);
Sync normalized(Sync value);
Raw normalized(Raw value);

// The names of the fields in which two values of one type are not equivalent, in the order of `fields`.
template <class T>
std::vector<std::string> differing_fields(const T& a, const T& b) {
  const T x = normalized(a), y = normalized(b);
  detail::FieldPlaces first;
  T::fields(x, first);
  detail::FieldCompare second{first.places, {}};
  T::fields(y, second);
  return second.differing;
}

// The table without its members.
TableShell shell_of(const Table& table);

// For each of `a` an equivalent one of `b`, each used once: the index in `b`, or -1. Linear where names are distinct.
template <class T>
std::vector<int> match_equivalent(const std::vector<T>& a, const std::vector<T>& b) {
  std::vector<int> by_name(b.size());
  for (std::size_t i = 0; i < b.size(); ++i) by_name[i] = static_cast<int>(i);
  const auto name = [&](int i) -> const std::string& { return b[static_cast<std::size_t>(i)].name; };
  std::ranges::stable_sort(by_name, {}, name);
  std::vector<bool> used(b.size());
  std::vector<int> out;
  for (const T& one : a) {
    int found = -1;
    for (const int i : std::ranges::equal_range(by_name, one.name, {}, name)) {
      const auto at = static_cast<std::size_t>(i);
      if (used[at] || !equivalent(one, b[at])) continue;
      used[at] = true;
      found = i;
      break;
    }
    out.push_back(found);
  }
  return out;
}

// The two hold the same members, in whatever order.
template <class T>
bool same_members(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && (a == b || std::ranges::count(match_equivalent(a, b), -1) == 0);
}

}  // namespace forge
