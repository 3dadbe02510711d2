#include "tests/support/random_objects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace forge::test {
namespace {

class Objects {
 public:
  Objects(Pair& pair, Rng& rng, const GeneratorOptions& options) : pair_(pair), rng_(rng), options_(options) {}

  std::string run() {
    // A table that goes took its definitions along; there were none before.
    for (const auto& [name, table] : Schema(pair_.before).tables) {
      if (rng_.chance(55)) trigger(name);
      if (postgres() && rng_.chance(30)) policy(name);
    }
    for (int i = 0; i < 2; ++i) {
      if (rng_.chance(60)) routine();
    }
    if (rng_.chance(30) && !pair_.after.tables.empty()) new_trigger();
    return rng_.chance(60) ? (postgres() ? partitions_of_tables() : partitions_of_clause()) : "";
  }

 private:
  bool postgres() const { return options_.engine == "postgres"; }
  std::string number() { return std::to_string(++count_); }
  std::string id(const std::string& name) const { return quoted_for(options_, name); }

  // The table's name in `after`; nothing where it goes.
  std::optional<QName> now(const QName& name) const {
    for (const auto& [table, intent] : pair_.intents.tables) {
      if (intent.renamed_from == name) return table;
    }
    const auto said = pair_.intents.tables.find(name);
    const bool another = said != pair_.intents.tables.end() && !said->second.renamed_from.empty();
    return pair_.after.tables.contains(name) && !another ? std::optional(name) : std::nullopt;
  }
  std::string now(const QName& table, const std::string& column) const {
    const auto said = pair_.intents.tables.find(table);
    if (said == pair_.intents.tables.end()) return column;
    for (const auto& [name, intent] : said->second.columns) {
      if (intent.renamed_from == column) return name;
    }
    return column;
  }
  static std::string key_of(const Table& table) { return table.primary_key->parts[0].column; }

  static void put(Schema& schema, Definition one) { schema.definitions[one.name] = std::move(one); }
  static Definition made(const std::string& kind, const std::string& own, const QName& on, std::string create,
                         std::string body, std::string drop) {
    Definition one;
    one.kind = kind;
    one.on = on;
    one.name = definition_name(kind, own, on);
    one.create = std::move(create);
    one.body = std::move(body);
    one.drop = std::move(drop);
    return one;
  }

  // PostgreSQL's own functions, MySQL's statements about a column.
  Definition trigger_on(const QName& table, const std::string& own, const std::string& column, bool other) {
    const std::string when = other ? "BEFORE UPDATE" : "BEFORE INSERT";
    if (postgres()) {
      return made("trigger", own, table,
                  fmt::format("CREATE TRIGGER {} {} ON {} FOR EACH ROW EXECUTE FUNCTION {}_fn()", own, when,
                              id(table.name), own),
                  "", fmt::format("DROP TRIGGER {} ON {}", own, id(table.name)));
    }
    return made("trigger", own, table,
                fmt::format("CREATE TRIGGER {} {} ON {} FOR EACH ROW", own, when, id(table.name)),
                fmt::format("SET @forgelua_seen = NEW.{}", id(column)), "DROP TRIGGER " + own);
  }
  Definition function_of(const std::string& own) {
    auto one = made("function", own + "_fn()", {},
                    fmt::format("CREATE OR REPLACE FUNCTION {}_fn()\n RETURNS trigger\n LANGUAGE plpgsql", own),
                    "AS 'BEGIN RETURN NEW; END'", fmt::format("DROP FUNCTION {}_fn()", own));
    one.replaces = true;
    return one;
  }
  void trigger(const QName& table) {
    const auto own = "tr_" + number();
    const auto column = key_of(*pair_.before.table(table));
    put(pair_.before, trigger_on(table, own, column, false));
    if (postgres()) put(pair_.before, function_of(own));
    const auto after = now(table);
    if (!after || rng_.chance(15)) return;
    put(pair_.after, trigger_on(*after, own, now(*after, column), rng_.chance(25)));
    if (postgres()) put(pair_.after, function_of(own));
  }
  void new_trigger() {
    auto at = pair_.after.tables.begin();
    std::advance(at, static_cast<long>(rng_.below(pair_.after.tables.size())));
    const auto own = "tr_" + number();
    put(pair_.after, trigger_on(at->first, own, key_of(*at->second), false));
    if (postgres()) put(pair_.after, function_of(own));
  }

  void policy(const QName& table) {
    const auto own = "po_" + number();
    const auto column = key_of(*pair_.before.table(table));
    const auto add = [&](Schema& schema, const QName& on, const std::string& key, bool other) {
      put(schema, made("policy", own, on,
                       fmt::format("CREATE POLICY {} ON {} TO PUBLIC USING ({} {})", own, id(on.name), id(key),
                                   other ? "> 1" : "> 0"),
                       "", fmt::format("DROP POLICY {} ON {}", own, id(on.name))));
      put(schema,
          made("row security", "state", on, fmt::format("ALTER TABLE {} ENABLE ROW LEVEL SECURITY", id(on.name)), "",
               fmt::format("ALTER TABLE {} DISABLE ROW LEVEL SECURITY", id(on.name))));
    };
    add(pair_.before, table, column, false);
    const auto after = now(table);
    if (after && rng_.chance(85)) add(pair_.after, *after, now(*after, column), rng_.chance(30));
  }

  Definition routine_as(const std::string& own, const std::string& type, int adds) {
    if (!postgres()) {
      return made("function", own, {}, "CREATE FUNCTION " + own,
                  fmt::format("(x {}) RETURNS {} DETERMINISTIC NO SQL\nRETURN x + {}", type, type, adds),
                  "DROP FUNCTION " + own);
    }
    auto one = made("function", own + "(integer)", {},
                    fmt::format("CREATE OR REPLACE FUNCTION {}(x integer)\n RETURNS {}\n LANGUAGE sql", own, type),
                    fmt::format("AS 'SELECT x + {}'", adds), fmt::format("DROP FUNCTION {}(integer)", own));
    one.replaces = true;
    one.shape = "x integer -> " + type;
    return one;
  }
  void routine() {
    const auto own = "fn_" + number();
    const std::string wide = postgres() ? "bigint" : "bigint";
    const std::string usual = postgres() ? "integer" : "int";
    if (rng_.chance(80)) put(pair_.before, routine_as(own, usual, 1));
    if (rng_.chance(80))
      put(pair_.after, routine_as(own, rng_.chance(20) && postgres() ? wide : usual, rng_.chance(40) ? 2 : 1));
  }

  static Table plain(const std::string& name) {
    Table table;
    table.name = {"", name};
    table.columns = {Column{"id", {"bigint", {}, {}}, false, {}, {}}, Column{"k", {"integer", {}, {}}, false, {}, {}},
                     Column{"v", {"varchar", {40}, {}}, true, {}, {}}};
    return table;
  }
  static Table part(const std::string& name, const std::string& parent, int from) {
    Table table;
    table.name = {"", name};
    table.options.inherits = {parent};
    table.options.partition_bound = fmt::format("FOR VALUES FROM ({}) TO ({})", from, from + 100);
    return table;
  }
  // A table of PostgreSQL's that is partitioned: each partition is one, too.
  std::string partitions_of_tables() {
    const auto name = "pt_" + number();
    Table parent = plain(name);
    parent.options.partition_by = "RANGE (k)";
    if (rng_.chance(40)) parent.indexes.push_back(Index{name + "_v_idx", {{.column = "v"}}});
    for (auto* schema : {&pair_.before, &pair_.after}) {
      schema->put_table(parent);
      schema->put_table(part(name + "_a", name, 0));
      schema->put_table(part(name + "_b", name, 100));
    }
    auto& after = pair_.after;
    if (rng_.chance(50)) after.edit_table({"", name})->indexes.push_back(Index{name + "_id_idx", {{.column = "id"}}});
    if (rng_.chance(35))
      after.edit_table({"", name})->primary_key = Key{name + "_pkey", true, {{.column = "id"}, {.column = "k"}}};
    switch (rng_.below(5)) {
      case 0:
        after.put_table(part(name + "_c", name, 200));
        break;
      case 1:
        after.tables.erase({"", name + "_b"});
        break;
      case 2:
        if (after.table({"", name})->primary_key || after.table({"", name})->indexes.size() > parent.indexes.size())
          break;
        after.put_table(detached(parent, name + "_b"));
        break;
      case 3:
        after.edit_table({"", name})->columns.push_back(Column{"w", {"integer", {}, {}}, true, {}, {}});
        break;
      default:
        break;
    }
    return fmt::format("INSERT INTO {} SELECT g, g % 200, 'x' || g FROM generate_series(1, 60) g;\n", name);
  }
  // With indexes under the names that the server gave them.
  static Table detached(const Table& parent, const std::string& name) {
    Table table = plain(name);
    for (const auto& index : parent.indexes)
      table.indexes.push_back(Index{name + "_" + index.parts[0].column + "_idx", index.parts});
    return table;
  }

  // MySQL's say their partitions in one clause.
  std::string partitions_of_clause() {
    const auto name = "pt_" + number();
    Table table = plain(name);
    table.primary_key = Key{"PRIMARY", true, {{.column = "id"}, {.column = "k"}}};
    table.options.partition_by =
        "RANGE (`k`) (PARTITION `p0` VALUES LESS THAN (100), PARTITION `p1` VALUES LESS THAN (300))";
    pair_.before.put_table(table);
    switch (rng_.below(5)) {
      case 0:
        table.options.partition_by =
            "RANGE (`k`) (PARTITION `p0` VALUES LESS THAN (100), PARTITION `p1` VALUES LESS THAN (300), "
            "PARTITION `p2` VALUES LESS THAN (500))";
        break;
      case 1:
        table.options.partition_by = "HASH (`k`) PARTITIONS 3";
        break;
      case 2:
        table.options.partition_by.clear();
        break;
      case 3:
        table.columns.push_back(Column{"w", {"integer", {}, {}}, true, {}, {}});
        break;
      default:
        table.indexes.push_back(Index{name + "_v", {{.column = "v"}}});
        break;
    }
    pair_.after.put_table(table);
    return fmt::format("INSERT INTO {} VALUES (1, 5, 'x'), (2, 150, 'y'), (3, 299, NULL);\n", name);
  }

  Pair& pair_;
  Rng& rng_;
  const GeneratorOptions& options_;
  int count_ = 0;
};

}  // namespace

std::string add_objects(Pair& pair, Rng& rng, const GeneratorOptions& options) {
  return Objects(pair, rng, options).run();
}

Schema without_partitions(const Schema& schema) {
  Schema out = schema;
  std::erase_if(out.tables, [](const auto& entry) { return entry.first.name.starts_with("pt_"); });
  return out;
}

}  // namespace forge::test
