#include "engine/db/url.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>

using namespace forge;

TEST_CASE("a URL's scheme says the engine", "[db][url]") {
  CHECK(engine_of_url("postgres://a/b") == "postgres");
  CHECK(engine_of_url("postgresql:///b") == "postgres");
  CHECK(engine_of_url("mysql://a") == "mysql");
  CHECK(engine_of_url("mariadb://a") == "mariadb");
  CHECK(engine_of_url("sqlite:app.db") == "sqlite");
  CHECK(engine_of_url("mongodb://a,b/c") == "mongodb");
  CHECK(engine_of_url("mongodb+srv://a/b") == "mongodb");
  CHECK(engine_of_url("schema.sql").empty());
  CHECK(is_database_url("env:DATABASE_URL"));
  CHECK_FALSE(is_database_url("postgres.sql"));
}

TEST_CASE("a URL is spoken of without its secrets", "[db][url]") {
  const std::string url = "postgres://app:s%40cret@db.example:5432/shop?sslmode=require&sslpassword=other";
  CHECK(redacted(url) == "postgres://app@db.example:5432/shop");
  CHECK(without_secrets("s%40cret, s@cret and other", url) == "***, *** and ***");
  CHECK(without_secrets("nothing here", "postgres://app@db/shop") == "nothing here");
  CHECK(redacted("postgres://user:p:a@s@host/x") == "postgres://user@host/x");
  const std::string set =
      "mongodb://app:s3cret@a:1,b:2/"
      "shop?tlsCertificateKeyFilePassword=key&authMechanismProperties=AWS_SESSION_TOKEN:t0ken";
  CHECK(redacted(set) == "mongodb://app@a:1,b:2/shop");
  CHECK(without_secrets("s3cret, key, AWS_SESSION_TOKEN:t0ken", set) == "***, ***, ***");
}

TEST_CASE("another database in a URL leaves the rest as it was", "[db][url]") {
  CHECK(with_database("postgres://u:p@h:1/a?host=/s", "b c") == "postgres://u:p@h:1/b%20c?host=/s");
  CHECK(with_database("postgres://u@/a?host=/s", "b") == "postgres://u@/b?host=/s");
  CHECK(with_database("postgres://h", "b") == "postgres://h/b");
  // MongoDB knows a user by the database that the URL names.
  CHECK(with_database("mongodb://u:p@h/shop", "b") == "mongodb://u:p@h/b?authSource=shop");
  CHECK(with_database("mongodb://u:p@h/shop?tls=true", "b") == "mongodb://u:p@h/b?tls=true&authSource=shop");
  CHECK(with_database("mongodb://u:p@h/shop?authSource=admin", "b") == "mongodb://u:p@h/b?authSource=admin");
  CHECK(with_database("mongodb://u@h/shop?authMechanism=MONGODB-X509", "b") ==
        "mongodb://u@h/b?authMechanism=MONGODB-X509");
  CHECK(with_database("mongodb://h/shop", "b") == "mongodb://h/b");
}

TEST_CASE("env: stands for a variable, and says so where it is missing", "[db][url]") {
  setenv("FORGELUA_URL_TEST", "sqlite:x.db", 1);
  CHECK(resolve_url("env:FORGELUA_URL_TEST").value() == "sqlite:x.db");
  unsetenv("FORGELUA_URL_TEST");
  const auto missing = resolve_url("env:FORGELUA_URL_TEST");
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().message == "the environment variable 'FORGELUA_URL_TEST' is not set");
}
