#include "engine/exec/backup_mongodb.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace forge;

TEST_CASE("MongoDB's tools are told of a database as a session is", "[exec]") {
  struct Row {
    const char *url, *dump, *restore;
  };
  for (const auto& row : {
           Row{"mongodb://127.0.0.1:27017/shop", "mongodb://127.0.0.1:27017/shop", "mongodb://127.0.0.1:27017/"},
           Row{"mongodb://a:p%22@localhost,[::1]:2,%2Ftmp%2Fm.sock/shop?x=1",
               "mongodb://a:p%22@localhost,[::1]:2,%2Ftmp%2Fm.sock/shop?x=1",
               "mongodb://a:p%22@localhost,[::1]:2,%2Ftmp%2Fm.sock/?x=1&authSource=shop"},
           Row{"mongodb://far/shop", "mongodb://far/shop?tls=true", "mongodb://far/?tls=true"},
           Row{"mongodb://localhost.far/shop", "mongodb://localhost.far/shop?tls=true",
               "mongodb://localhost.far/?tls=true"},
           Row{"mongodb://a:p@127.0.0.1,far:1/shop?authSource=admin",
               "mongodb://a:p@127.0.0.1,far:1/shop?authSource=admin&tls=true",
               "mongodb://a:p@127.0.0.1,far:1/?authSource=admin&tls=true"},
           Row{"mongodb://far/shop?TLS=false", "mongodb://far/shop?TLS=false", "mongodb://far/?TLS=false"},
           Row{"mongodb+srv://far/shop", "mongodb+srv://far/shop", "mongodb+srv://far/"},
       }) {
    CHECK(mongodb_settings(row.url, false) == std::string("uri: \"") + row.dump + "\"\n");
    CHECK(mongodb_settings(row.url, true) == std::string("uri: \"") + row.restore + "\"\n");
  }
}
