#include "engine/model/sql/volatile.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/lua/embedded.hpp"

namespace forge {
namespace {

// The words of the Lua list, in quotes one behind the other.
std::string lua_list() {
  std::ifstream in(std::string(source_root()) + "/stdlib/forge/sqltext/finding.lua");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto start = text.find("local VOLATILE = {");
  return text.substr(start, text.find('}', start) - start);
}

}  // namespace

TEST_CASE("every word that Lua takes for volatile is so here, too", "[model][sql]") {
  const auto list = lua_list();
  int words = 0;
  for (auto at = list.find('"'); at != std::string::npos; at = list.find('"', at + 1)) {
    const auto end = list.find('"', at + 1);
    const auto word = list.substr(at + 1, end - at - 1);
    INFO(word);
    CHECK(gives_another_value("'x' || " + word));
    ++words;
    at = end;
  }
  CHECK(words > 20);
}

TEST_CASE("a word within another is none", "[model][sql]") {
  CHECK(gives_another_value("coalesce(a, RANDOM())"));
  CHECK_FALSE(gives_another_value("a_random + randomly(nowhere)"));
}

}  // namespace forge
