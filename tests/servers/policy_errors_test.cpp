// What people read whose policy, strategy or dialect is wrong: the message names their file and rule, and none of ours.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/product.hpp"

using namespace forge::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* kSpec = R"lua(
migration "m" {
  before = schema {
    table "gone" { column "id" :bigint() :primary_key() },
    table "t" { column "id" :bigint() :primary_key(), column "a" :integer() },
  },
  changes = { drop_table "gone", rename_column "t.a" "b" },
}
)lua";

const std::string kPolicy =
    "local policy = require(\"forge.override\").extend \"builtin:strategies.policy\"\nBODY\nreturn policy\n";

const std::string kRisks = "local risks = require(\"forge.override\").extend \"builtin:strategies.risks\"\n";

const std::string kEmit = "local o = require(\"forge.override\").extend \"builtin:dialects.postgres.emit\"\n";
const std::string kLocks = "local o = require(\"forge.override\").extend \"builtin:dialects.postgres.locks\"\n";

struct Wrong {
  const char* file;      // below the organisation's folder
  std::string text;      // of a policy: what stands in the middle of it
  const char* expected;  // the first line, with the folder as ORG
  int exit_code = 1;
};

const std::vector<Wrong>& all_wrong() {
  static const std::vector<Wrong> list = {
      {"strategies/policy.lua", "return nil",
       "the policy 'strategies.policy' returns nothing, and must return a policy: local policy = "
       "require(\"forge.override\").extend \"builtin:strategies.policy\" … return policy"},
      {"strategies/policy.lua", "return {}",
       "the policy 'strategies.policy' returns a table without rules, and must return a policy: local policy = "
       "require(\"forge.override\").extend \"builtin:strategies.policy\" … return policy"},
      {"strategies/policy.lua", "policy.thresholds = { nope = 3 }",
       "ORG/strategies/policy.lua:2:23: policy: thresholds must be a list of rows, and has a field 'nope'"},
      {"strategies/policy.lua", "policy.thresholds = { { name = \"lag\", alert = \"x\", action = \"wait\" } }",
       "ORG/strategies/policy.lua:2: policy: thresholds row 1: 'alert' must be a number"},
      {"strategies/policy.lua", "policy.thresholds = { { name = \"lag\", alert = 1 } }",
       "ORG/strategies/policy.lua:2: policy: thresholds row 1 has no 'action'"},
      {"strategies/policy.lua", "policy.thresholds = { { name = \"lag\", alert = 1, acton = \"wait\" } }",
       "ORG/strategies/policy.lua:2:50: policy: thresholds row 1 has an unknown field 'acton', did you mean 'action'?"},
      {"strategies/policy.lua", "policy.batching[3].size = \"x\"",
       "the policy 'strategies.policy': batching row 3: 'size' must be a number"},
      {"strategies/policy.lua", "policy.batching[2] = nil",
       "the policy 'strategies.policy': batching has no row 2, and rows behind it; table.remove takes a row out of a "
       "list"},
      {"strategies/policy.lua", "policy.thresholds[1].name = nil",
       "the policy 'strategies.policy': thresholds row 1 has no 'name'"},
      {"strategies/policy.lua",
       "policy.batching = { { up_to_rows = 9, size = 1 }, { up_to_rows = 5, size = 2 }, { size = 3 } }",
       "ORG/strategies/policy.lua:2: policy: batching row 2 serves no table: row 1 takes each one that it would fit"},
      {"strategies/policy.lua", "policy.rules = {}",
       "ORG/strategies/policy.lua:2: policy: rules must be a list of at least one rule"},
      {"strategies/policy.lua", "policy.rules = { { name = \"x\" } }",
       "ORG/strategies/policy.lua:2: policy: rule 'x': field 'when' must be a function"},
      {"strategies/policy.lua", "return require(\"forge.override\").extend \"builtin:strategies.polcy\"",
       "ORG/strategies/policy.lua:1:41: no module 'builtin:strategies.polcy'"},
      {"strategies/policy.lua", "return require(\"forge.override\").extend \"strategies.policy\"",
       "ORG/strategies/policy.lua: extend takes the name of a lower layer's module: \"builtin:strategies.policy\" or "
       "\"org:strategies.policy\""},
      {"strategies/risks.lua", kRisks + "risks.hazards.backfil = function() return {} end\nreturn risks\n",
       "strategies/risks.lua: there is no hazard 'backfil', did you mean 'backfill'?"},
      {"strategies/risks.lua", kRisks + "risks.hazards.drop = 5\nreturn risks\n",
       "strategies/risks.lua: hazards.drop must be a function (step, ctx), and is a number"},
      {"strategies/risks.lua", kRisks + "risks.hazards.drop = function() return { risk = \"x\" } end\nreturn risks\n",
       "risks: hazards.drop (risks.lua:2) must give a list of rows, and gives a table with a field "
       "'risk': "
       "write { { risk = …, … } }"},
      {"strategies/policy.lua", "policy.batching = { { size = 1.5 } }",
       "ORG/strategies/policy.lua:2: policy: batching row 1: 'size' must be a whole number"},
      {"strategies/policy.lua", "policy.batching = { { size = 1 / 0 } }",
       "ORG/strategies/policy.lua:2: policy: batching row 1: 'size' must be a number from 0 to 2^53"},
      {"strategies/policy.lua", "policy.batching = { 5 }",
       "ORG/strategies/policy.lua:2: policy: batching row 1 must be a table"},
      {"strategies/policy.lua", "policy.forbid \"drop_table\" { unless = \"aproved_by\" }",
       "ORG/strategies/policy.lua:2: policy: forbid 'drop_table': a specification states no 'aproved_by'; it may state "
       "approved_by, archive, backfill_down, backfill_up, downtime, renamed_from, strategy, did you mean "
       "'approved_by'?"},
      {"strategies/policy.lua", "policy.forbid \"drop_table\" { unless = \"approved_by\" }",
       "m.migration.lua:7:26: the policy refuses the changes of 'gone': gone: the policy forbids drop_table unless the "
       "specification states "
       "approved_by (policy.lua:2)",
       3},
      {"strategies/policy.lua", "policy.override(\"drop_table\", function() return \"shadow_table\" end)",
       "policy: override('drop_table') in policy.lua:2 gives shadow_table, which does not serve: it serves changes "
       "inside of a table that stands"},
      {"strategies/policy.lua", "policy.override(\"drop_table\", function() return 5 end)",
       "policy: override('drop_table') in policy.lua:2 must give a strategy's name or { strategy, reason }, and gives "
       "5"},
      {"strategies/policy.lua", "policy.override(\"drop_table\", function() end)",
       "policy: override('drop_table') in policy.lua:2 must give a strategy's name or { strategy, reason }, and gives "
       "nothing"},
      {"strategies/policy.lua", "policy.override(\"drop_table\", function() return { reason = \"r\" } end)",
       "policy: override('drop_table') in policy.lua:2 must give a strategy's name or { strategy, reason }, and gives "
       "a table without a strategy"},
      {"strategies/policy.lua",
       "policy.override(\"drop_table\", function() return { strategy = \"direct\", reason = 5 } end)",
       "policy: override('drop_table') in policy.lua:2 gives a reason that is no text: 5"},
      {"strategies/policy.lua",
       "policy.override(\"drop_table\", function() return { strategy = \"direct\", resaon = \"r\" } end)",
       "policy: override('drop_table') in policy.lua:2 gives an unknown field 'resaon'; strategy, reason and rule are "
       "known"},
      {"strategies/policy.lua", "policy.override(\"drop_table\", function() return \"big-bang\" end)",
       "policy: override('drop_table') in policy.lua:2 names no strategy: 'big-bang', did you mean 'big_bang'?"},
      {"strategies/policy.lua",
       "policy.rules:prepend { name = \"x\", when = function(c, g, ctx, facts) return facts.row end, strategy = "
       "\"direct\", reason = \"r\" }",
       "ORG/strategies/policy.lua:2: policy: there is no fact 'row', did you mean 'rows'?"},
      {"strategies/policy.lua",
       "policy.rules:prepend { name = \"tiny\", when = function() return true end, strategy = \"direct\", reason = "
       "\"r\" }",
       "ORG/strategies/policy.lua:2: policy: there is a rule 'tiny' already; replace(\"tiny\", …) puts another in its "
       "place"},
      {"strategies/policy.lua",
       "policy.rules:prepend { name = \"x\", when = function() return true end, strategy = \"mine\", reason = \"r\" }",
       "ORG/strategies/policy.lua:2: strategy 'mine': field 'serves' must be a function"},
      {"strategies/policy.lua",
       "policy.rules:prepend { name = \"x\", when = function() return true end, strategy = \"yours\", reason = \"r\" }",
       "ORG/strategies/policy.lua:2: policy: rule 'x' names no strategy: 'yours'"},
      {"strategies/direct.lua",
       "local direct = require(\"forge.override\").extend \"builtin:strategies.direct\"\ndirect.contract = function() "
       "end\nreturn direct\n",
       "m.migration.lua:7:26: the steps for gone do not end in the new schema: table 'gone' is left over (strategies: "
       "direct)"},
      {"strategies/batching.lua", "return { { size = \"x\" } }\n",
       "strategies/batching.lua: policy: batching row 1: 'size' must be a number"},
      {"strategies/thresholds.lua", "return {}\n",
       "strategies/thresholds.lua: policy: thresholds must be a list of rows"},
      {"strategies/risks.lua", "return nil",
       "strategies/risks.lua must return what forge.override.extend \"builtin:strategies.risks\" gives: a table with "
       "'hazards' and 'rows'"},
      {"strategies/risks.lua", kRisks + "risks.hazards.drop = function() return 3 end\nreturn risks\n",
       "risks: hazards.drop (risks.lua:2) must give a list of rows, and gives 3"},
      {"strategies/risks.lua",
       kRisks + "risks.hazards.drop = function()\n  return { { risk = \"x\", severity = \"high\", likelihood = "
                "\"low\" } }\nend\nreturn risks\n",
       "risks: hazards.drop (risks.lua:2) gives a row 1 without 'mitigation', a text"},
      {"strategies/risks.lua",
       kRisks + "risks.hazards.drop = function()\n  return { { risk = \"x\", mitigation = \"y\", severity = "
                "\"hight\", likelihood = \"low\" } }\nend\nreturn risks\n",
       "risks: hazards.drop (risks.lua:2) gives a row 1 whose 'severity' is hight; high, medium and low are known"},
      {"dialects/postgres/emit.lua",
       "local o = require(\"forge.override\").extend \"builtin:dialects.postgres.emit\"\no.add_colum = function() "
       "end\nreturn o\n",
       "dialects/postgres/emit.lua: there is no operation 'add_colum', did you mean 'add_column'?"},
      {"dialects/postgres/locks.lua", "local nothing = 1\n",
       "dialects/postgres/locks.lua must return a table, and returns nothing"},
      {"dialects/postgres/types.lua", "return {}\n", "dialects/postgres/types.lua has no 'map' of types"},
      {"dialects/postgres/catalog.lua", "return {}\n",
       "dialects/postgres/catalog.lua has no function 'done', which asks whether an operation has run"},
      {"dialects/postgres/errors.lua", "return {}\n",
       "dialects/postgres/errors.lua has no list 'retry' of what the server says"},
      {"dialects/postgres/emit.lua",
       "local o = require(\"forge.override\").extend \"builtin:dialects.postgres.emit\"\no.drop_table = function() "
       "end\nreturn o\n",
       "emit.lua:2: the emitter of 'drop_table' writes nothing: out:add(sql) takes a statement"},
      {"dialects/postgres/emit.lua", kEmit + "o.drop_table = function(out)\n  out:add(nil)\nend\nreturn o\n",
       "emit.lua:2: the emitter of 'drop_table' gives out:add no text, but nil"},
      {"dialects/postgres/emit.lua", kEmit + "o.drop_table = function(out)\n  out:add(\"\")\nend\nreturn o\n",
       "emit.lua:2: the emitter of 'drop_table' gives out:add an empty statement"},
      {"dialects/postgres/emit.lua", kEmit + "o.drop_table = function(out)\n  out:add(\"SELECT 'x\")\nend\nreturn o\n",
       "emit.lua:2: the emitter of 'drop_table' gives out:add a statement in which a string has no end: SELECT 'x"},
      {"dialects/postgres/emit.lua",
       kEmit + "o.drop_table = function(out)\n  out:add(\"SELECT 1\\0\")\nend\nreturn o\n",
       "emit.lua:2: the emitter of 'drop_table' gives out:add a statement with a zero byte"},
      {"dialects/postgres/emit.lua",
       kEmit + "o.drop_table = function(out)\n  out:add(\"SELECT 1\", { transaction = false })\nend\nreturn o\n",
       "emit.lua:2: the emitter of 'drop_table' gives an unknown field 'transaction', did you mean 'transactional'?; "
       "delimiter, transactional are known"},
      {"dialects/postgres/emit.lua",
       kEmit + "o.drop_table = function(out)\n  out:add(\"SELECT 1\", { transactional = \"no\" })\nend\nreturn o\n",
       "emit.lua:2: the emitter of 'drop_table' gives 'transactional' that must be a boolean, and is a string"},
      {"dialects/postgres/locks.lua", kLocks + "o.drop_table = function()\n  return nil\nend\nreturn o\n",
       "locks.lua:2: what 'drop_table' takes: it gives nothing, and must give a table: { lock, blocks, … }"},
      {"dialects/postgres/locks.lua", kLocks + "o.drop_table = function()\n  return {}\nend\nreturn o\n",
       "locks.lua:2: what 'drop_table' takes: it gives blocks = nothing; nothing, DDL, writes, reads and writes are "
       "known"},
      {"dialects/postgres/locks.lua",
       kLocks + "o.drop_table = function()\n  return { lock = \"FOO\", blocks = \"everything\" }\nend\nreturn o\n",
       "locks.lua:2: what 'drop_table' takes: it gives blocks = 'everything'; nothing, DDL, writes, reads and writes "
       "are known"},
      {"dialects/postgres/locks.lua",
       kLocks +
           "o.drop_table = function()\n  return { lock = \"\", blocks = \"DDL\", rewrites = true }\nend\nreturn o\n",
       "locks.lua:2: what 'drop_table' takes: it gives an unknown field 'rewrites', did you mean 'rewrite'?; "
       "algorithm, also_locks, blocks, brief, lock, note, online, rewrite, scan are known"},
      {"strategies/policy.lua",
       "policy.override(\"rename_column\", function(base, change) change.after.nullable = false return base() end)",
       "policy: override('rename_column') (policy.lua:2) changes what it is asked about: it chooses a strategy, and "
       "what "
       "is to be done stands in the specification"},
      {"strategies/policy.lua",
       "policy.rules:prepend { name = \"x\", when = function(c) c.after = nil end, strategy = \"direct\", reason = "
       "\"r\" }",
       "policy: rule 'x' (policy.lua:2) changes what it is asked about: it chooses a strategy, and what "
       "is to be done stands in the specification"},
  };
  return list;
}

std::string written(const Wrong& wrong) {
  const bool whole = std::string(wrong.file) != "strategies/policy.lua" || wrong.text.starts_with("return");
  if (whole) return wrong.text;
  std::string text = kPolicy;
  return text.replace(text.find("BODY"), 4, wrong.text);
}

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

// With the organisation's folder as ORG, and that of the specification left out.
std::string first_line(std::string text, const TemporaryFolder& folder) {
  text = text.substr(0, text.find('\n'));
  for (const auto& [path, word] : {std::pair(folder.file("org"), "ORG"), std::pair(folder.file(""), "")}) {
    for (auto at = text.find(path); at != std::string::npos; at = text.find(path)) text.replace(at, path.size(), word);
  }
  return text;
}

}  // namespace

TEST_CASE("a wrong policy, strategy or dialect is refused with its file and rule", "[cli][policy]") {
  for (const auto& wrong : all_wrong()) {
    TemporaryFolder folder;
    const std::string org = folder.file("org");
    write(folder.file("m.migration.lua"), kSpec);
    write(fs::path(org) / wrong.file, written(wrong));
    if (wrong.text.find("\"mine\"") != std::string::npos) {
      write(fs::path(org) / "strategies/mine.lua", "return require(\"forge.strategy\").define { name = \"mine\" }\n");
    }
    INFO(wrong.file << ": " << wrong.text);
    const auto run = run_product("run " + shell_quote(folder.file("m.migration.lua")) + " --db=postgres --org " +
                                 shell_quote(org) + " --out " + shell_quote(folder.file("out")) + " --status " +
                                 shell_quote(folder.file("status.yml")));
    CHECK(first_line(run.err, folder) == wrong.expected);
    CHECK(run.exit_code == wrong.exit_code);
    CHECK_FALSE(fs::exists(folder.file("out")));
  }
}

TEST_CASE("an emitter of MySQL or MariaDB may escape a quote by a backslash", "[cli][policy]") {
  for (const std::string engine : {"mysql", "mariadb"}) {
    TemporaryFolder folder;
    const std::string org = folder.file("org"), extended = "builtin:dialects." + engine + ".emit";
    write(folder.file("m.migration.lua"), kSpec);
    write(fs::path(org) / "dialects" / engine / "emit.lua",
          "local o = require(\"forge.override\").extend \"" + extended +
              "\"\no.drop_table = function(out) out:add(\"DO 'it\\\\'s gone'\") end\nreturn o\n");
    const auto run = run_product("run " + shell_quote(folder.file("m.migration.lua")) + " --db=" + engine + " --org " +
                                 shell_quote(org) + " --out " + shell_quote(folder.file("out")) + " --status " +
                                 shell_quote(folder.file("status.yml")));
    INFO(run.err);
    CHECK(run.exit_code == 0);
  }
}

TEST_CASE("an organisation's rows for a hazard stand in the risk matrix", "[cli][policy]") {
  TemporaryFolder folder;
  const std::string org = folder.file("org");
  write(folder.file("m.migration.lua"), kSpec);
  write(fs::path(org) / "strategies/risks.lua",
        kRisks +
            "risks.hazards.drop = function(step)\n  return { { risk = \"somebody reads: \" .. step.title, severity = "
            "\"high\", likelihood = \"low\", mitigation = \"ask the owner\" } }\nend\nreturn risks\n");
  const auto run =
      run_product("run " + shell_quote(folder.file("m.migration.lua")) + " --db=postgres --org " + shell_quote(org) +
                  " --out " + shell_quote(folder.file("out")) + " --status " + shell_quote(folder.file("status.yml")));
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  std::ifstream in(folder.file("out/risk-matrix.md"));
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  CHECK(text.find("somebody reads: ") != std::string::npos);
  CHECK(text.find("ask the owner") != std::string::npos);
}

TEST_CASE("what is read as TAP is one line, and no directive", "[cli][policy]") {
  TemporaryFolder folder;
  write(folder.file("tests/x_test.lua"),
        "local t = require(\"forge.test\")\nt.it(\"a # TODO b\\nc\", function() error(\"no\", 0) end)\n");
  const auto run = run_product("policy test " + shell_quote(folder.file("tests")));
  INFO(run.out << run.err);
  CHECK(run.out.find("x_test.lua: a \\# TODO b c\n") != std::string::npos);
  CHECK(run.out.find("\nnot ok 1 - ") != std::string::npos);
  CHECK(run.exit_code == 1);
}

TEST_CASE("a file of tests that states none has not passed", "[cli][policy]") {
  TemporaryFolder folder;
  write(folder.file("tests/x_test.lua"), "local t = require(\"forge.test\")\n");
  const auto run = run_product("policy test " + shell_quote(folder.file("tests")));
  INFO(run.out << run.err);
  CHECK(run.out.find("x_test.lua: the file states tests\n  # it has none: ") != std::string::npos);
  CHECK(run.exit_code == 1);
}
