#include "engine/base/yaml.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace forge;

namespace {

std::string complaint(const std::string& text) {
  const auto read = parse_yaml(text, "f.yml");
  REQUIRE_FALSE(read);
  return render(read.error());
}

}  // namespace

TEST_CASE("YAML keeps order, kinds and places", "[base][yaml]") {
  const auto root = parse_yaml("b: 1\na:\n  - x\n  - 'yes'\nc: {k: ~}\n", "f.yml").value();
  REQUIRE(root.members.size() == 3);
  CHECK(root.members[0].key == "b");
  const Yaml* list = root.find("a");
  REQUIRE(list);
  CHECK(list->members[1].value.text == "yes");
  CHECK(list->members[1].value.quoted);
  CHECK_FALSE(list->members[0].value.quoted);
  CHECK(list->key_line == 2);
  CHECK(root.find("c")->flow);
  CHECK(root.find("c")->find("k")->kind == Yaml::Kind::null);
}

TEST_CASE("what makes YAML dangerous is an error with its place", "[base][yaml]") {
  CHECK(complaint("a: 1\nb: 2\na: 3\n") == "f.yml:3:1: the key 'a' stands here twice\n    a: 3\n    ^\n");
  CHECK(complaint("a: &x 1\nb: *x\n") == "f.yml:1:4: anchors (&name) are not allowed\n    a: &x 1\n       ^\n");
  CHECK(complaint("a: !!python/object x\n").find("tags (tag:yaml.org,2002:python/object) are not allowed") !=
        std::string::npos);
  CHECK(complaint("a: 1\n---\nb: 2\n").find("a second document") != std::string::npos);
  CHECK(complaint("a: [1\n").find("not YAML: ") != std::string::npos);
  CHECK(complaint("? [x]\n: 1\n").find("a key must be a plain word") != std::string::npos);
}

TEST_CASE("depth and size are bounded", "[base][yaml]") {
  const std::string deep = std::string(40, '[') + std::string(40, ']');
  const auto nested = parse_yaml(deep, "f.yml");
  REQUIRE_FALSE(nested);
  CHECK(nested.error().code == ErrorCode::limit);
  const auto large = parse_yaml(std::string(kMaxYamlBytes + 1, 'a'), "f.yml");
  REQUIRE_FALSE(large);
  CHECK(large.error().code == ErrorCode::limit);
}

TEST_CASE("what is emitted reads back as it was", "[base][yaml]") {
  Yaml root;
  root.at("plain") = Yaml::plain("true");
  root.at("odd: key") = Yaml::string("a \"b\"\n: c");
  root.at("nested").at("list").kind = Yaml::Kind::list;
  root.at("nested").at("list").members = {{"", Yaml::string("x")}, {"", Yaml{}}};
  root.at("none") = Yaml{};
  const auto text = emit_yaml(root);
  CHECK(text == "plain: true\n\"odd: key\": \"a \\\"b\\\"\\n: c\"\nnested:\n  list:\n    - \"x\"\n    -\nnone:\n");
  CHECK(emit_yaml(parse_yaml(text, "f.yml").value()) == text);
}

TEST_CASE("bytes that are no text are named with their place", "[yaml]") {
  const auto latin = parse_yaml("a: 1\nb: caf\xe9\n", "x.yml");
  REQUIRE_FALSE(latin);
  CHECK(render(latin.error()) ==
        "x.yml:2:7: the byte 0xe9 is no UTF-8\n    b: caf\n          ^\n  hint: save the file as UTF-8\n");
  const auto zero = parse_yaml(std::string_view("a: \0", 4), "x.yml");
  REQUIRE_FALSE(zero);
  CHECK(zero.error().message == "a zero byte stands here");
}
