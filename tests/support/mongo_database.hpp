// A database of MongoDB of one test.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>

#include "engine/db/session.hpp"
#include "tests/support/process.hpp"

namespace forge::test {

// It goes with the object. Without a server the test is skipped.
class MongoDatabase {
 public:
  explicit MongoDatabase(const std::string& name) {
    const auto server = environment("FORGELUA_TEST_MONGODB_URL");
    if (server.empty()) SKIP("no MongoDB: FORGELUA_TEST_MONGODB_URL names none");
    url = server + (server.ends_with('/') ? "" : "/") + "forgelua_test_" + name;
    auto opened = open_session(url, {.for_plan = true});
    REQUIRE(opened.has_value());
    session = std::move(*opened);
    run(R"({"dropDatabase": 1})");
  }
  ~MongoDatabase() { (void)session->query(R"({"dropDatabase": 1})"); }
  MongoDatabase(const MongoDatabase&) = delete;
  MongoDatabase& operator=(const MongoDatabase&) = delete;

  std::string run(const std::string& statement) const {
    const auto rows = session->query(statement);
    INFO(statement);
    REQUIRE(rows.has_value());
    return rows->rows.empty() ? std::to_string(rows->affected) : rows->rows.front().front().value_or("NULL");
  }

  std::string url;
  std::unique_ptr<Session> session;
};

}  // namespace forge::test
