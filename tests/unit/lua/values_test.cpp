// Values across the boundary, both ways.
#include "engine/lua/values.hpp"

#include <catch2/catch_test_macros.hpp>

#include "engine/lua/state.hpp"

using namespace forge;

namespace {

Table sample() {
  Table table;
  table.name = {"app", "orders"};
  Column id{.name = "id", .type = {"bigint", {}, {}}, .nullable = false};
  id.more.edit().identity = Identity{true, 5, {}};
  Column total{.name = "total", .type = {"numeric", {12, 2}, {}}};
  total.default_value = Expr{Expr::Kind::number, "0"};
  Column tags{.name = "tags", .type = {"text", {}, {}}};
  tags.type.more.edit().array = 1;
  tags.more.edit().comment = "länger\n\"quoted\"";
  table.columns = {id, total, tags};
  table.primary_key = Key{.name = "orders_pkey", .primary = true, .parts = {{.column = "id"}}};
  table.indexes = {Index{.name = "i",
                         .parts = {{.expr = "lower(x)", .desc = true}},
                         .unique = true,
                         .where = "total > 0",
                         .storage = {{"fillfactor", "70"}}}};
  table.foreign_keys = {ForeignKey{
      .name = "f", .columns = {"a", "b"}, .ref = {"", "t"}, .ref_columns = {"c", "d"}, .on_delete = "cascade"}};
  table.checks = {Check{.name = "c", .expr = "total >= 0"}};
  table.options.storage = {{"autovacuum_enabled", "false"}};
  return table;
}

template <class Body>
Result<void> inside(Body body) {
  auto state = LuaState::create();
  REQUIRE(state.has_value());
  return (*state)->protect([&](lua_State* L) -> Result<void> { return body(L, **state); });
}

// Reads what a Lua expression gives.
template <class T>
Result<T> read_expression(const std::string& text) {
  Result<T> out(std::in_place);
  auto done = inside([&](lua_State* L, LuaState& state) -> Result<void> {
    FORGE_TRY(state.load("return " + text, "value.lua", Layer::project));
    lua_call(L, 0, 1);
    FORGE_ASSIGN(*out, lua::read<T>(L, -1, "value"));
    return {};
  });
  if (!done) return fail(std::move(done).error());
  return out;
}

std::string problem(const Result<Table>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().message;
}

}  // namespace

TEST_CASE("a table goes to Lua and comes back equal", "[lua][values]") {
  const auto table = sample();
  Table back;
  const auto done = inside([&](lua_State* L, LuaState&) -> Result<void> {
    lua::push(L, table);
    FORGE_ASSIGN(back, lua::read<Table>(L, -1, "table"));
    CHECK(lua_gettop(L) == 1);
    return {};
  });
  REQUIRE(done.has_value());
  CHECK(back == table);
}

TEST_CASE("values look as the contract says", "[lua][values]") {
  const auto done = inside([&](lua_State* L, LuaState& state) -> Result<void> {
    FORGE_TRY(state.load(R"(
      local t = ...
      assert(t.name.schema == "app" and t.name.name == "orders")
      assert(t.columns[1].identity.always == true and t.columns[1].identity.start == 5)
      assert(t.columns[1].identity.increment == nil and t.columns[1].comment == nil)
      assert(t.columns[1].invisible == nil or t.columns[1].invisible == false)
      assert(t.columns[2].default.kind == "number" and t.columns[2].default.text == "0")
      assert(#t.columns[2].type.args == 2 and t.columns[2].nullable == true)
      assert(t.columns[3].type.array == 1 and t.columns[3].type.unsigned == false)
      assert(t.indexes[1].storage[1][1] == "fillfactor" and t.indexes[1].storage[1][2] == "70")
      assert(t.foreign_keys[1].on_delete == "cascade" and t.foreign_keys[1].on_update == nil)
      assert(#t.uniques == 0 and t.comment == nil)
    )",
                         "check.lua", Layer::project));
    lua::push(L, sample());
    lua_call(L, 1, 0);
    return {};
  });
  if (!done) FAIL(done.error().message << " at line " << (done.error().place ? done.error().place->line : 0));
}

TEST_CASE("an error names the path of the value", "[lua][values]") {
  CHECK(problem(read_expression<Table>("5")) == "value: expected a table, got number");
  CHECK(problem(read_expression<Table>("{ columns = { { name = 1 } } }")) ==
        "value.columns[1].name: expected a string, got number");
  CHECK(problem(read_expression<Table>("{ columns = { {}, { type = { args = { 1.5 } } } } }")) ==
        "value.columns[2].type.args[1]: 1.5 is not a whole number that is kept exactly");
  CHECK(problem(read_expression<Table>("{ columns = { { default = { kind = 'sqll' } } } }")) ==
        "value.columns[1].default.kind: 'sqll' is none of: sql, string, number, boolean, null");
  CHECK(problem(read_expression<Table>("{ columns = { { identity = { start = 2^60 } } } }"))
            .find("is not a whole number that is kept exactly") != std::string::npos);
  CHECK(problem(read_expression<Table>("{ columns = { { type = { args = { 5ULL } } } } }")) ==
        "value.columns[1].type.args[1]: expected a whole number, got cdata");
  const auto slip = read_expression<Table>("{ collumns = {} }");
  CHECK(problem(slip) == "value: unknown field 'collumns'");
  CHECK(slip.error().hint == "did you mean 'columns'?");
}

TEST_CASE("operations are read by their kind", "[lua][values]") {
  const auto read = read_expression<std::vector<Change>>(
      "{ { op = 'ignored', kind = 'column', table = { name = 't' }, after = { name = 'c', nullable = false } },"
      "  { kind = 'key', table = { name = 't' }, before = { name = 'k', primary = true } },"
      "  { kind = 'shell', before = { name = { name = 'a' } }, after = { name = { name = 'b' } } } }");
  REQUIRE(read.has_value());
  REQUIRE(read->size() == 3);
  const auto& column = std::get<Delta<Column>>((*read)[0]);
  CHECK(column.table == QName{"", "t"});
  CHECK(column.after->name == "c");
  CHECK_FALSE(column.before.has_value());
  CHECK(std::get<Delta<Key>>((*read)[1]).before->primary);
  CHECK(std::get<Delta<TableShell>>((*read)[2]).after->name.name == "b");
  const auto wrong = read_expression<std::vector<Change>>("{ { kind = 'colum' } }");
  REQUIRE_FALSE(wrong.has_value());
  CHECK(wrong.error().message == "value[1]: 'colum' is no kind of operation");
}

TEST_CASE("maps are keyed by text", "[lua][values]") {
  const auto read = read_expression<std::map<std::string, std::int64_t>>("{ a = 1, u = 2 }");
  REQUIRE(read.has_value());
  CHECK(read->at("a") == 1);
  CHECK(read->at("u") == 2);
}
