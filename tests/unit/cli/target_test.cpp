#include "engine/cli/target.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace forge;

namespace {

std::string refused(const std::string& text) {
  const auto target = parse_target(text);
  return target ? "served" : target.error().message;
}

}  // namespace

TEST_CASE("versions that are served are told from others", "[cli][target]") {
  for (const auto* text : {"sqlite", "sqlite:3.45.1", "sqlite:3", "pg:12", "postgresql:18", "mysql:8", "mysql:8.0.29",
                           "mysql:9.7", "mariadb:10.4", "mariadb:11.8", "PostgreSQL:15.4"}) {
    INFO(text);
    CHECK(refused(text) == "served");
  }
  CHECK(refused("postgres:9") == "postgres 9 is not served; served are versions 12 to 19");
  CHECK(refused("postgres:9.6") == "postgres 9.6 is not served; served are versions 12 to 19");
  CHECK(refused("mysql:5.5") == "mysql 5.5 is not served; served are versions 8.0 to 9");
  CHECK(refused("sqlite:2") == "sqlite 2 is not served; served are versions 3.40 and later");
  CHECK(refused("sqlite:3.7") == "sqlite 3.7 is not served; served are versions 3.40 and later");
  CHECK(refused("mariadb:10.3") == "mariadb 10.3 is not served; served are versions 10.4 to 13");
  CHECK(refused("mariadb:99") == "mariadb 99 is not served; served are versions 10.4 to 13");
  CHECK(refused("postgres:99999999999") == "postgres 99999999999 is not served; served are versions 12 to 19");
  CHECK(refused("postgres:abc") == "'abc' is no version of postgres");
  CHECK(refused("postgres:") == "'' is no version of postgres");
  CHECK(refused("postgrs").starts_with("unknown database 'postgrs'"));
}
