#include "engine/lua/query_renames.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/lua/core.hpp"
#include "engine/lua/values.hpp"
#include "engine/model/sql/renaming.hpp"

namespace forge::lua {
namespace {

thread_local const HasColumn* known = nullptr;

struct MovedTable {
  QName from, to;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("from", self.from);
    visit("to", self.to);
  }
};

// What is asked for.
struct Renames {
  bool named = false;                          // the view itself names its columns
  std::vector<QName> tables;                   // whose columns are renamed
  std::map<std::string, std::string> columns;  // old name → new name
  std::vector<MovedTable> moved;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("named", self.named);
    visit("tables", self.tables);
    visit("columns", self.columns);
    visit("moved", self.moved);
  }
};

// May a column of this name be the table's? Only where none of the others is known to have it.
bool may_have(const HasColumn& has, const Renames& asked, const QName& table, const std::string& column) {
  const auto known_to_have = [&](const QName& one) {
    return has && has(one, {TokenKind::word, column}).value_or(false);
  };
  return known_to_have(table) || std::ranges::none_of(asked.tables, known_to_have);
}

std::string renamed(std::string query, const Renames& asked) {
  static const HasColumn kNothing;
  const HasColumn& has = known ? *known : kNothing;
  // By way of names that nothing has: one column's new name may be another's old one.
  const auto through = [](std::size_t at) { return fmt::format("forgelua_moved_{}", at); };
  for (const auto& table : asked.tables) {
    const auto rename = [&](const std::string& from, const std::string& to) {
      query = rename_column_in_query(query, table, from, to, asked.named, has);
    };
    std::size_t at = 0;
    for (const auto& [from, to] : asked.columns) {
      if (may_have(has, asked, table, from)) rename(from, through(at));
      ++at;
    }
    at = 0;
    for (const auto& [from, to] : asked.columns) rename(through(at++), to);
  }
  for (const auto& one : asked.moved) query = rename_table_in_query(query, one.from, one.to, has);
  return query;
}

int renamed_query(lua_State* L) {
  std::string query;
  Renames asked;
  auto done = read_into(L, 1, query, "query");
  if (done) done = read_into(L, 2, asked, "renames");
  if (!done) throw std::runtime_error(done.error().message);
  const auto out = renamed(std::move(query), asked);
  lua_pushlstring(L, out.data(), out.size());
  return 1;
}

}  // namespace

KnownColumns::KnownColumns(const HasColumn& has) : before_(known) { known = &has; }
KnownColumns::~KnownColumns() { known = before_; }

void install_query_renames(lua_State* L) {
  lua_pushcfunction(L, bound<renamed_query>);
  lua_setfield(L, -2, "renamed_query");
}

}  // namespace forge::lua
