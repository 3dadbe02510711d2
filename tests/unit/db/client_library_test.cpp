#include "engine/db/client_library.hpp"

#include <catch2/catch_test_macros.hpp>

using forge::ClientLibrary;

TEST_CASE("a client library that is not there is named with its package", "[db]") {
  const auto library = ClientLibrary::load("libnowhere.so.9", "Nowhere", "libnowhere9");
  REQUIRE_FALSE(library);
  CHECK(library.error().code == forge::ErrorCode::usage);
  CHECK(library.error().message.starts_with("the client library of Nowhere cannot be loaded: libnowhere.so.9:"));
  CHECK(library.error().hint == "install it (Debian: libnowhere9)");
}

TEST_CASE("a client library without a function that is needed is too old", "[db]") {
  const auto library = ClientLibrary::load("libpq.so.5", "PostgreSQL", "libpq5");
  REQUIRE(library);
  int (*none)() = nullptr;
  const auto found = library->find("PQnothing", none);
  REQUIRE_FALSE(found);
  CHECK(found.error().message.starts_with("'libpq.so.5' is too old:"));
  CHECK(none == nullptr);
}
