#include "engine/db/either_form.hpp"

#include <catch2/catch_test_macros.hpp>

namespace forge::test {

TEST_CASE("logic within the same logic is found", "[db]") {
  for (const auto* text : {"((a = 1) AND ((b = 2) AND (c = 3)))", "(x OR (y OR z))", "f((a AND (b AND c)))",
                           "(a AND ((b OR c) AND d))", "(q AND (\"OR\" AND ')'::text = w))"}) {
    INFO(text);
    CHECK(nests_logic(text));
  }
  for (const auto* text : {"((a = 1) AND (b = 2) AND (c = 3))", "((a AND b) OR (c AND d))",
                           "(a = ' AND (b AND c)'::text)", "(x AND (EXISTS ( SELECT 1 WHERE (y AND z))))",
                           "(a AND f(b, (c AND d)))", "(\"AND\" (b AND c))", "(brand(a AND b))"}) {
    INFO(text);
    CHECK_FALSE(nests_logic(text));
  }
}

TEST_CASE("of two forms the short one stays unless it loses brackets", "[db]") {
  Rows rows{{"a", "b", "c"}, {{"x \1{a\1|(a)\1} y \1{a AND b AND c\1|(a AND (b AND c))\1}", std::nullopt, "\1{open"}}};
  choose_forms(rows);
  CHECK(rows.rows[0][0] == "x a y (a AND (b AND c))");
  CHECK(rows.rows[0][1] == std::nullopt);
  CHECK(rows.rows[0][2] == "\1{open");
}

}  // namespace forge::test
