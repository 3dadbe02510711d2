#include "engine/model/positional.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace forge;

namespace {

using Names = std::set<std::string>;

Positional of(const char* body) {
  Definition one;
  one.create = "CREATE TRIGGER ad AFTER UPDATE ON emp FOR EACH ROW";
  one.body = body;
  return positional_of(one);
}

}  // namespace

TEST_CASE("an arm of UNION takes what its star gives", "[sql]") {
  CHECK(stars_in_arms("SELECT * FROM a UNION ALL SELECT * FROM b") == Names{"a", "b"});
  CHECK(stars_in_arms("SELECT id, x FROM a UNION ALL SELECT id, x FROM b").empty());
  CHECK(stars_in_arms("SELECT id FROM a INTERSECT SELECT q.* FROM \"B\" AS q, c") == Names{"b"});
  CHECK(stars_in_arms("(SELECT * FROM a) EXCEPT (SELECT DISTINCT * FROM s.b JOIN c ON c.id = b.id)") ==
        Names{"a", "b", "c"});
  CHECK(stars_in_arms("SELECT n FROM (SELECT * FROM a UNION SELECT * FROM b) AS q") == Names{"a", "b"});
  CHECK(stars_in_arms("SELECT * FROM (SELECT * FROM a) q UNION SELECT 1, 2") == Names{"a"});
  CHECK(stars_in_arms("WITH q AS (SELECT * FROM a) SELECT * FROM q UNION SELECT 1, 2") == Names{"a"});
  // Stars that are not a whole row of an arm.
  CHECK(stars_in_arms("SELECT * FROM a WHERE id IN (SELECT id FROM b UNION SELECT id FROM c)").empty());
  CHECK(
      stars_in_arms("SELECT count(*), id * 2 FROM a UNION SELECT 1, x FROM b WHERE EXISTS (SELECT * FROM c)").empty());
  CHECK(stars_in_arms("SELECT * FROM a").empty());
}

TEST_CASE("an INSERT takes a table by position", "[sql]") {
  CHECK(of("BEGIN INSERT INTO log SELECT 'U', now(), NEW.*; END").row);
  CHECK(of("INSERT INTO log VALUES (1, OLD.*)").row);
  CHECK(of("INSERT INTO log (a, b) SELECT (NEW).*").row);
  CHECK(of("$$BEGIN IF TG_OP = 'DELETE' THEN INSERT INTO log SELECT 'D', OLD.*; END IF; RETURN NULL; END$$").row);
  CHECK(of("INSERT INTO log (id, row) VALUES (NEW.id, to_jsonb(NEW.*))").empty());
  CHECK(of("BEGIN IF NEW.* IS DISTINCT FROM OLD.* THEN INSERT INTO log (id) VALUES (NEW.id); END IF; END").empty());
  CHECK(of("INSERT INTO hist SELECT * FROM emp WHERE id = NEW.id").read == Names{"emp"});
  CHECK(of("INSERT INTO hist (SELECT e.*, 1 FROM emp AS e JOIN dept d ON d.id = e.dept)").read == Names{"emp"});
  CHECK(of("INSERT INTO hist (id) SELECT id FROM emp WHERE EXISTS (SELECT * FROM emp)").empty());
  CHECK(of("BEGIN SELECT * INTO r FROM emp; INSERT INTO hist (id) VALUES (r.id); END").empty());
  CHECK(of("INSERT INTO s.hist VALUES (NEW.id)").written == Names{"hist"});
  CHECK(of("INSERT OR REPLACE INTO hist VALUES (NEW.id)").written == Names{"hist"});
  CHECK(of("INSERT INTO hist DEFAULT VALUES").empty());
  CHECK(of("INSERT INTO hist SET id = 1").empty());
}
