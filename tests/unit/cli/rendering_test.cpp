// A large plan is rendered by two machines: what comes out must be what one gives.
#include "engine/cli/rendering.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <limits>

#include "engine/cli/pipeline.hpp"
#include "engine/cli/request.hpp"
#include "engine/diff/json.hpp"

namespace fs = std::filesystem;
using namespace forge;

namespace {

constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

// An organisation whose policy changes an emitter as it is loaded: a machine that has not run it renders otherwise.
struct Folder {
  fs::path path = fs::temp_directory_path() / fmt::format("forgelua-rendering-{}", ::getpid());
  Folder() {
    write("org/strategies/policy.lua",
          "local emit = require('dialects.postgres').emit\n"
          "local add = emit.add_column\n"
          "emit.add_column = function(out, o, step, d)\n"
          "  out:add('SELECT ' .. d:literal('of the organisation'))\n"
          "  return add(out, o, step, d)\n"
          "end\n"
          "return require('builtin:strategies.policy')\n");
    write("many.migration.lua",
          "local tables, changes = {}, {}\n"
          "for i = 1, 40 do\n"
          "  local name = 't' .. i\n"
          "  tables[i] = table(name) { column 'id' :bigint() :primary_key(), column 'a' :integer(), column 'b' :text() "
          "}\n"
          "  changes[#changes + 1] = rename_column(name .. '.a') 'c'\n"
          "  changes[#changes + 1] = add_index(name) { index(name .. '_b_idx') { 'b' } }\n"
          "end\n"
          "migration 'many' { before = schema(tables), changes = changes }\n");
    write("drops.migration.lua",
          "local tables, changes = {}, {}\n"
          "for i = 1, 9 do\n"
          "  tables[i] = table('t' .. i) { column 'id' :bigint() :primary_key(), column 'b' :text() }\n"
          "  changes[i] = drop_column('t' .. i .. '.b')\n"
          "end\n"
          "migration 'drops' { before = schema(tables), changes = changes }\n");
  }
  ~Folder() { fs::remove_all(path); }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name) << text;
  }
};

Prepared prepared(const Folder& folder, const std::string& spec) {
  SpecRequest request;
  request.spec = (folder.path / spec).string();
  request.organisation = (folder.path / "org").string();
  request.db = "postgres";
  auto made = prepare(request);
  INFO((made ? std::string() : render(made.error())));
  REQUIRE(made);
  return std::move(*made);
}

std::string text_of(const Rendered& rendered, const std::vector<Step>& steps) {
  Json out = to_json(steps);
  for (const auto& check : rendered.questions.checks) out.push_back(to_json(check));
  for (const auto& mark : rendered.questions.marks) out.push_back({mark.sql});
  for (const auto& text : rendered.questions.server_texts) out.push_back(to_json(text));
  return out.dump(1);
}

}  // namespace

TEST_CASE("two machines render a plan as one does", "[cli][rendering]") {
  const Folder folder;
  auto ready = prepared(folder, "many.migration.lua");
  const auto plan = make_plan(ready, "2026-01-01T00:00:00Z");
  INFO((plan ? std::string() : render(plan.error())));
  REQUIRE(plan);
  const auto set = diff(ready.spec.before, ready.spec.after, ready.spec.intents);
  const FinalState final{set.changes, ready.spec.before, ready.spec.after, {}};
  auto by_one = plan->steps, by_two = plan->steps;
  for (auto* steps : {&by_one, &by_two}) {
    for (auto& step : *steps) step.forward.clear(), step.backward.clear(), step.done.reset(), step.mark.reset();
  }
  const auto one = check_and_render(ready.machine, by_one, final, kNever);
  const auto two = check_and_render(ready.machine, by_two, final, 0);
  REQUIRE(one);
  REQUIRE(two);
  const auto text = text_of(*one, by_one);
  CHECK(text == text_of(*two, by_two));
  CHECK(text.find("of the organisation") != std::string::npos);
  CHECK(by_two.back().forward.size() == by_one.back().forward.size());
  CHECK(one->modules.empty());
  const auto known = [](const UsedModule& module) { return module.name == "strategies.policy"; };
  CHECK(std::ranges::count_if(two->modules, known) == 2);  // the organisation's and the one below it
}

TEST_CASE("a risk's function sees the whole step", "[cli][rendering]") {
  const Folder folder;
  folder.write("org/strategies/policy.lua", "return require('builtin:strategies.policy')\n");
  folder.write(
      "org/strategies/risks.lua",
      "local risks = require('builtin:strategies.risks')\n"
      "risks.hazards.drop = function(step)\n"
      "  local words = { step.forward[1].sql, step.ops[1].before.type.name, tostring(step.work), step.strategy,\n"
      "    tostring(step.nothing), tostring(rawget(step, 'forward') ~= nil), tostring(#step.done.sql > 0) }\n"
      "  return { { risk = step.title, severity = 'low', likelihood = 'low', mitigation = table.concat(words, '|') } "
      "}\n"
      "end\n"
      "return risks\n");
  auto ready = prepared(folder, "drops.migration.lua");
  const auto plan = make_plan(ready, "2026-01-01T00:00:00Z");
  INFO((plan ? std::string() : render(plan.error())));
  REQUIRE(plan);
  const auto said = std::ranges::find(plan->risks, std::string("low"), &RiskRow::severity);
  REQUIRE(said != plan->risks.end());
  CHECK(said->mitigation == "ALTER TABLE t1 DROP COLUMN b|text|nil|direct|nil|true|true");
}

TEST_CASE("a fault is the same whichever machine comes upon it", "[cli][rendering]") {
  const Folder folder;
  folder.write("org/dialects/postgres/locks.lua",
               "local locks = require('builtin:dialects.postgres.locks')\n"
               "local judge = locks.drop_column\n"
               "locks.drop_column = function(o, ctx)\n"
               "  if o.table.name == 't9' then error('no lock for t9', 0) end\n"
               "  return judge(o, ctx)\n"
               "end\n"
               "return locks\n");
  auto ready = prepared(folder, "drops.migration.lua");
  const auto set = diff(ready.spec.before, ready.spec.after, ready.spec.intents);
  const FinalState final{set.changes, ready.spec.before, ready.spec.after, {}};
  std::vector<Step> steps;
  for (const auto& change : set.changes) {
    Step& step = steps.emplace_back();
    step.id = step.title = object_of(change);
    step.phase = Phase::contract;
    step.ops = {change};
  }
  const auto message = [&](std::size_t for_two) {
    auto copy = steps;
    const auto done = check_and_render(ready.machine, copy, final, for_two);
    return done ? std::string() : render(done.error());
  };
  const auto said = message(kNever);
  CHECK(said.find("no lock for t9") != std::string::npos);
  CHECK(said.find("while rendering step 't9.b'") != std::string::npos);
  CHECK(message(0) == said);  // the last step is in the second machine's part
  steps.pop_back();
  CHECK(message(kNever).find("do not lead to the schema") != std::string::npos);
  CHECK(message(0) == message(kNever));
}
