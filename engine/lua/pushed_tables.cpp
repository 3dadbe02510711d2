#include "engine/lua/pushed_tables.hpp"

#include <algorithm>
#include <vector>

#include "engine/lua/values.hpp"

namespace forge::lua {
namespace {

constexpr std::size_t kMost = 2000;  // then the memory matters more

template <class T>
constexpr bool kIsListOfObjects = false;
template <Fielded T>
constexpr bool kIsListOfObjects<std::vector<T>> = true;

// Where a table's fields lie, in the order of its list.
struct Addresses {
  std::vector<const void*> list;
  template <class T>
  void operator()(const char*, const T& member) {
    list.push_back(&member);
  }
};

// Pushes a table's fields, taking from the Lua value at `earlier_at` each object of a list that is as it was in `earlier`.
class SharingPusher {
 public:
  SharingPusher(lua_State* L, const Table& earlier, int earlier_at) : L_(L), earlier_at_(earlier_at) {
    Table::fields(earlier, earlier_);
  }

  template <class T>
  void operator()(const char* name, const T& member) {
    const auto& before = *static_cast<const T*>(earlier_.list[next_++]);  // the same field of the same type
    if (values_detail::absent(member)) return;
    if constexpr (kIsListOfObjects<T>) {
      lua_getfield(L_, earlier_at_, name);
      push_list(member, before);
      lua_remove(L_, -2);
    } else {
      lua::push(L_, member);
    }
    lua_setfield(L_, -2, name);
  }

 private:
  // The Lua list of `before` is on top of the stack. Objects mostly keep their order: one is looked for where the last one
  // left off, a place on either side of it in case something has come or gone between.
  template <class T>
  void push_list(const std::vector<T>& list, const std::vector<T>& before) {
    lua_createtable(L_, static_cast<int>(list.size()), 0);
    std::size_t at = 0;
    for (std::size_t i = 0; i < list.size(); ++i) {
      std::size_t found = at == 0 ? 0 : at - 1;
      const std::size_t end = std::min(at + 2, before.size());
      while (found < end && !(before[found] == list[i])) ++found;
      if (found < end) {
        lua_rawgeti(L_, -2, static_cast<int>(found) + 1);
      } else {
        found = at;
        lua::push(L_, list[i]);
      }
      lua_rawseti(L_, -2, static_cast<int>(i) + 1);
      at = found + 1;
    }
  }

  lua_State* L_;
  int earlier_at_;
  Addresses earlier_;
  std::size_t next_ = 0;
};

}  // namespace

void PushedTables::push(lua_State* L, const std::shared_ptr<const Table>& table) {
  if (const auto found = known_.find(table); found != known_.end()) return found->second.push();
  if (known_.size() >= kMost) {
    known_.clear();
    latest_.clear();
  }
  luaL_checkstack(L, 8, "a table is nested too deeply");
  make(L, table);
  lua_pushvalue(L, -1);
  known_.emplace(table, Kept(L));
  latest_[table->name] = table;
}

void PushedTables::make(lua_State* L, const std::shared_ptr<const Table>& table) {
  const auto latest = latest_.find(table->name);
  const auto relative = latest == latest_.end() ? known_.end() : known_.find(latest->second);
  if (relative == known_.end()) return lua::push(L, *table);
  relative->second.push();
  const int earlier_at = lua_gettop(L);
  values_detail::FieldCounter fields;
  Table::fields(*table, fields);
  lua_createtable(L, 0, fields.count);
  SharingPusher pusher(L, *relative->first, earlier_at);
  Table::fields(*table, pusher);
  lua_remove(L, earlier_at);
}

void PushedTables::push(lua_State* L, const Tables& tables) {
  lua_createtable(L, 0, static_cast<int>(tables.size()));
  for (const auto& [name, table] : tables) {
    push(L, table);
    lua_setfield(L, -2, display(name).c_str());
  }
}

void PushedTables::forget(const Tables& earlier, const Tables& later) {
  for (const auto& [name, table] : earlier) {
    const auto found = later.find(name);
    if (found == later.end() || found->second != table) known_.erase(table);
  }
}

}  // namespace forge::lua
