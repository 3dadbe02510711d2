// The vocabulary: its documentation, and that editors know every word.
#include "engine/lua/vocabulary.hpp"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "engine/lua/embedded.hpp"

using namespace forge;

TEST_CASE("the editor types are those of the vocabulary", "[lua][vocabulary]") {
  std::ifstream in(std::filesystem::path(source_root()) / "stdlib/meta/spec.lua", std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  const auto wanted = editor_types();
  REQUIRE(wanted.has_value());
  CHECK(text.str() == *wanted);
}

TEST_CASE("every word has its documentation with an example", "[lua][vocabulary]") {
  const auto words = all_words();
  REQUIRE(words.has_value());
  CHECK(words->size() > 150);
  for (const auto* word : {"table", "varchar", "on_delete", "from_sql", "add_column", "hints", "null"}) {
    const auto text = document_word(word);
    INFO(word);
    REQUIRE(text.has_value());
    CHECK(text->find(std::string(word) + ": ") == 0);
    CHECK(text->find("\n  example: ") != std::string::npos);
  }
  CHECK(document_word("numeric").value() ==
        "numeric: a type of a column\n"
        "  An exact decimal number: precision counts all digits, scale those after the point.\n"
        "  takes: precision?, scale?\n"
        "    precision: 1 to 1000, may be left out\n"
        "    scale: 0 to 1000, may be left out\n"
        "  example: column \"total\" :numeric(12, 2)\n");
}

TEST_CASE("the list of the language has every word, in lines that fit a terminal", "[lua][vocabulary]") {
  const auto text = document_language();
  REQUIRE(text.has_value());
  std::set<std::string> listed;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    CHECK(line.size() <= 100);
    if (!line.starts_with("  ")) continue;
    std::istringstream words(line);
    for (std::string word; words >> word;) listed.insert(word.ends_with(',') ? word.substr(0, word.size() - 1) : word);
  }
  const auto words = all_words();
  REQUIRE(words.has_value());
  for (const auto& word : *words) {
    INFO(word);
    CHECK(listed.contains(word));
  }
}

TEST_CASE("an unknown word is an error with the nearest one", "[lua][vocabulary]") {
  const auto text = document_word("varchr");
  REQUIRE_FALSE(text.has_value());
  CHECK(text.error().message == "there is no word 'varchr'");
  CHECK(text.error().hint == "did you mean 'varchar'?");
  CHECK(text.error().code == ErrorCode::usage);
}
