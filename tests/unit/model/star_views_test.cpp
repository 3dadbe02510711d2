#include "engine/model/star_views.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace forge {
namespace {

Schema with_view(const std::string& query) {
  Schema schema;
  View view;
  view.name = {"", "v"};
  view.query = query;
  schema.views[view.name] = view;
  return schema;
}

// The view's query once `settled` has adopted what may differ.
std::string adopted(const std::string& written, const std::string& settled, const std::string& other) {
  Schema schema = with_view(settled);
  adopt_star_order(schema, with_view(written), with_view(other));
  return schema.views.begin()->second.query;
}

}  // namespace

TEST_CASE("a star has no order of its own", "[model][views]") {
  const std::string there = "SELECT t.id,\n    t.b,\n    round(t.a2, 1) AS a2\n   FROM t\n  WHERE (t.a2 > 0)";
  const std::string fresh = "SELECT t.id, round(t.a2, 1) AS a2, t.b FROM t WHERE (t.a2 > 0)";
  CHECK(adopted("SELECT * FROM t WHERE a2 > 0", fresh, there) == there);
  CHECK(adopted("SELECT t.* FROM t WHERE a2 > 0", fresh, there) == there);
  CHECK(adopted("SELECT x.id, t.* FROM t WHERE a2 > 0", fresh, there) == there);
}

TEST_CASE("columns that are written out keep theirs, and another query stays another", "[model][views]") {
  const std::string there = "SELECT t.id, t.b, t.a FROM t";
  CHECK(adopted("SELECT id, a, b FROM t", "SELECT t.id, t.a, t.b FROM t", there) == "SELECT t.id, t.a, t.b FROM t");
  CHECK(adopted("SELECT a * b AS c, id FROM t", "SELECT t.a, t.id, t.b FROM t", there) ==
        "SELECT t.a, t.id, t.b FROM t");
  CHECK(adopted("SELECT count(*) FROM t", "SELECT t.a, t.id, t.b FROM t", there) == "SELECT t.a, t.id, t.b FROM t");
  const std::string less = "SELECT t.id, t.a FROM t", filtered = "SELECT t.id, t.a, t.b FROM t WHERE t.a > 0";
  CHECK(adopted("SELECT * FROM t", less, there) == less);
  CHECK(adopted("SELECT * FROM t WHERE a > 0", filtered, there) == filtered);
}

}  // namespace forge
