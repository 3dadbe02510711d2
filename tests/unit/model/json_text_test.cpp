#include "engine/model/json_text.hpp"

#include <catch2/catch_test_macros.hpp>

#include "engine/base/hash.hpp"
#include "engine/diff/json_text.hpp"
#include "engine/model/schema_hash.hpp"
#include "engine/model/schema_json.hpp"
#include "tests/support/random_schema.hpp"

using namespace forge;

namespace {

template <class T>
std::string written(const T& value, int step) {
  std::string out;
  JsonText(out, step).value(value);
  return out;
}

}  // namespace

TEST_CASE("JSON text is what the document would give, byte for byte", "[json]") {
  for (const char* engine : {"postgres", "mysql", "sqlite"}) {
    test::Rng rng(7);
    for (int i = 0; i < 50; ++i) {
      const Schema schema = test::random_schema(rng, test::options_for(engine));
      for (const auto& [name, table] : schema.tables) {
        CHECK(written(*table, -1) == to_json(*table).dump());
        CHECK(written(*table, 2) == to_json(*table).dump(2));
        const Change change = Delta<Column>{name, table->columns.front(), std::nullopt};
        CHECK(written(change, 2) == to_json(change).dump(2));
      }
      CHECK(written(schema.views, 2) == to_json(schema.views).dump(2));
    }
  }
}

TEST_CASE("JSON text escapes what JSON escapes and keeps what is not UTF-8 legible", "[json]") {
  std::string odd = "a\"b\\c/d\b\t\n\f\r\x01\x1f\x7f";
  CHECK(written(odd, -1) == Json(odd).dump());
  odd += "é – 🦀\n";
  CHECK(written(odd, -1) == Json(odd).dump());
  odd += "\xff";
  CHECK(written(odd, -1) == Json(odd).dump(-1, ' ', false, Json::error_handler_t::replace));
  CHECK(written(1.5, -1) == "1.5");
  CHECK(written(3.0, -1) == "3.0");
  const Json nested{{"list", {1, Json::object(), Json::array()}}, {"text", "a\nb"}};
  const std::map<std::string, Json> owner{{"inner", nested}};
  CHECK(written(owner, 2) == Json{{"inner", nested}}.dump(2));
}

TEST_CASE("a schema's hash is that of its JSON, whatever it shares with another", "[json][schema]") {
  test::Rng rng(11);
  for (int i = 0; i < 50; ++i) {
    const Schema before = test::random_schema(rng, test::options_for("postgres"));
    Schema after = before;
    if (!after.tables.empty()) after.edit_table(after.tables.begin()->first)->comment = "new";
    if (i % 3 == 0 && !after.tables.empty()) after.tables.erase(std::prev(after.tables.end()));
    if (i % 2 == 0) after.unmanaged = {"trigger t"};
    const auto hashes = schema_hashes(before, after);
    CHECK(hashes.before == sha256_hex(to_json(before).dump()));
    CHECK(hashes.after == sha256_hex(to_json(after).dump()));
  }
  CHECK(schema_hashes({}, {}).before == sha256_hex("{}"));
  Schema with;
  Definition trigger{.kind = "trigger", .create = "CREATE TRIGGER audit AFTER INSERT ON t BEGIN SELECT 1; END"};
  trigger.name = definition_name("trigger", "audit", {"", "t"});
  trigger.parts = {{"comment", "COMMENT …", ""}};
  with.definitions[trigger.name] = trigger;
  with.unmanaged_hashes["virtual table docs"] = "1";
  CHECK(schema_hashes({}, with).after == sha256_hex(to_json(with).dump()));
}
