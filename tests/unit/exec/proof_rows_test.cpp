// Rows of one table as they are made: keys, foreign keys, NULLs; and what differs between two states of rows.
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "engine/exec/proof_digest.hpp"
#include "engine/exec/proof_table_rows.hpp"

namespace forge {
namespace {

Column column(const std::string& name, const std::string& type, bool nullable = false) {
  Column out;
  out.name = name;
  out.type.name = type;
  out.nullable = nullable;
  return out;
}

Table pairs() {
  Table out;
  out.name = QName{"", "pairs"};
  out.columns = {column("a", "bigint"), column("b", "bigint"), column("note", "text", true), column("at", "text")};
  return out;
}

ForeignKey key(const std::string& own, const std::string& table) {
  ForeignKey out;
  out.columns = {own};
  out.ref = QName{"", table};
  out.ref_columns = {"id"};
  return out;
}

KeyRows keys(int count) {
  KeyRows out;
  for (int i = 1; i <= count; ++i) out.push_back({std::to_string(i)});
  return out;
}

}  // namespace

TEST_CASE("a key of two foreign keys takes every pair once", "[exec][proof]") {
  const Table table = pairs();
  TableWishes wishes;
  wishes.uniques = {{"a", "b"}};
  wishes.keys = {key("a", "left"), key("b", "right")};
  const TableRows rows({}, table, wishes, {keys(4), keys(5)}, 1);
  CHECK(rows.most() == 20);
  std::set<std::pair<RowValue, RowValue>> seen;
  for (std::int64_t i = 1; i <= 20; ++i) {
    const auto row = rows.row({i, 0});
    REQUIRE(row);
    seen.emplace((*row)[0], (*row)[1]);
    CHECK((*row)[3]);
    CHECK(rows.row({i, 0}) == row);
  }
  CHECK(seen.size() == 20);
  std::int64_t nulls = 0;
  for (std::int64_t i = 1; i <= 600; ++i) nulls += (*rows.row({i, 0}))[2] ? 0 : 1;
  CHECK(nulls > 60);
  CHECK(nulls < 140);
}

TEST_CASE("a row that must point at nothing is not made", "[exec][proof]") {
  const Table table = pairs();
  TableWishes wishes;
  wishes.keys = {key("a", "left")};
  CHECK_FALSE(TableRows({}, table, wishes, {{}}, 1).row({1, 0}));
  wishes.keys = {key("a", "pairs")};
  wishes.keys.front().ref_columns = {"b"};
  wishes.uniques = {{"b"}};
  const auto self = TableRows({}, table, wishes, {{}}, 1).row({3, 0});
  REQUIRE(self);
  CHECK((*self)[0] == (*self)[1]);
}

TEST_CASE("rows that differ are lost where the plan says so, and unexpected elsewhere", "[exec][proof]") {
  const QName t{"", "t"}, u{"", "u"};
  const Digests before{{t, {2, {{"a", "2:1"}, {"b", "2:2"}}, "10"}}, {u, {1, {{"a", "1:1"}}, "1"}}};
  auto after = before;
  CHECK(compare_rows(before, after, {}).unexpected.empty());
  after[t].columns["a"] = "2:9";
  CHECK(compare_rows(before, after, {}).unexpected == std::vector<std::string>{"t.a: other values"});
  Losses losses;
  losses.columns = {{t, "a"}};
  CHECK(compare_rows(before, after, losses).lost == std::vector<std::string>{"t.a: other values"});
  CHECK(compare_rows(before, after, losses).unexpected.empty());
  after = before;
  after[t].whole = "11";
  CHECK(compare_rows(before, after, losses).unexpected == std::vector<std::string>{"t: the same values in other rows"});
  after = before;
  after[u].rows = 0;
  CHECK(compare_rows(before, after, losses).unexpected == std::vector<std::string>{"u: 0 rows, 1 at the start"});
  losses.tables = {u};
  CHECK(compare_rows(before, after, losses).unexpected.empty());
  after.erase(u);
  CHECK(compare_rows(before, after, losses).lost == std::vector<std::string>{"u: it is not there"});
}

TEST_CASE("what a plan loses bears the names that it begins with", "[exec][proof]") {
  PlanFile plan;
  Step rename, drop;
  Delta<Column> renamed{QName{"", "t"}, column("a", "text"), column("a__old", "text")};
  rename.ops = {renamed};
  drop.ops = {Delta<Column>{QName{"", "t"}, column("a__old", "text"), {}}};
  drop.loses = "the values of t.a";
  plan.steps = {rename, drop};
  const auto losses = losses_of(plan);
  CHECK(losses.columns == std::set<ColumnName>{{QName{"", "t"}, "a"}});
  CHECK(losses.tables.empty());
}

}  // namespace forge
