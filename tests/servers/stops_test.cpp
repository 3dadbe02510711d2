// Scripts that are run twice, out of turn, or after a stop, by each engine's own client: none may do harm, and from every
// boundary between two steps the runbook's two commands lead on to the new schema and back to the old one.

#include <fmt/format.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "tests/support/case.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/product.hpp"

namespace forge::test {
namespace {

// One of each strategy.
const std::set<std::string> kCases{"emc_backfill_not_null", "rename_column",       "asked_shadow_table",
                                   "many_changes",          "drop_table_archived", "big_bang_small"};

struct Snapshot {
  std::vector<std::string> schema;
  std::string rows;
  bool operator==(const Snapshot&) const = default;
};

class Stops {
 public:
  Stops(const Case& given, Engine& engine) : given_(given), engine_(engine) {
    std::string options = " --db=" + engine_.name();
    for (const auto& option : given.run) options += " " + shell_quote(option);
    const auto made = product("run", options + " --out " + shell_quote(out_.file("package")) +
                                         " --now 2026-01-01T00:00:00Z --status " + shell_quote(out_.file("status")));
    REQUIRE(made.exit_code == 0);
    build_ = product("inspect", " --format sql --state before --db=" + engine_.name()).out;
    const auto plan = nlohmann::json::parse(file("plan.json"));
    for (const auto& entry : plan.at("files")) {
      names_.push_back(entry.at("forward"));
      first_.push_back(entry.at("first_step"));
      last_.push_back(entry.at("last_step"));
      rows_.push_back(entry.at("rows"));
    }
    REQUIRE(!names_.empty());
  }
  ~Stops() { engine_.drop_database(database_); }

  // Run again where it stands: refused, or nothing is changed by it.
  void twice() {
    fresh();
    const auto start = look();
    run_or_harmless(file("rollback.sql"), "rollback.sql before the start");
    CHECK(look() == start);
    run(file("forward.sql"), "forward.sql");
    const auto end = look();
    for (const auto& again : {"forward.sql", "phases/1-expand.sql"}) {
      if (file(again).empty()) continue;
      run_or_harmless(file(again), fmt::format("{} after the end", again));
      CHECK(look() == end);
    }
    run(file("rollback.sql"), "rollback.sql");
    const auto back = look();
    run_or_harmless(file("rollback.sql"), "rollback.sql, twice");
    CHECK(look() == back);
  }

  // Each file before all those that come before it.
  void out_of_turn() {
    fresh();
    const auto start = look();
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (i > 0 && !rows_[i]) run_or_harmless(file(names_[i]), names_[i] + " first");
      run_or_harmless(file(back_name(names_[i])), back_name(names_[i]) + " first");
    }
    CHECK(look() == start);
  }

  // A client that is killed in the middle of each file; then what the runbook says, as a person types it.
  void typed() {
    fresh();
    const auto start = look();
    run(file("forward.sql"), "forward.sql");
    const auto end = look();
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const int step = (first_[i] + last_[i]) / 2;
      kill_in(i, step);
      type(i, "go_on", step);
      for (std::size_t k = i + 1; k < names_.size(); ++k) run(file(names_[k]), names_[k]);
      CHECK(look() == end);
      kill_in(i, step);
      type(i, "go_back", step);
      for (std::size_t k = i; k-- > 0;) run(file(back_name(names_[k])), back_name(names_[k]));
      CHECK(look() == start);
    }
  }

  // Stops before each step of each file, then goes on, and back.
  void stops() {
    fresh();
    const auto start = look();
    run(file("forward.sql"), "forward.sql");
    const auto end = look();
    for (std::size_t i = 0; i < names_.size(); ++i) {
      for (int step = first_[i]; step <= last_[i]; ++step) {
        INFO("stopped in step " << step << " of " << names_[i]);
        stop(i, step);
        run(cut(file(names_[i]), fmt::format("-- Step {} of ", step)), "go on");
        for (std::size_t k = i + 1; k < names_.size(); ++k) run(file(names_[k]), names_[k]);
        CHECK(look() == end);
        stop(i, step);
        const auto name = back_name(names_[i]);
        run(cut(file(name), fmt::format("-- Undo step {} of ", rows_[i] ? step : step - 1)), "go back");
        for (std::size_t k = i; k-- > 0;) run(file(back_name(names_[k])), back_name(names_[k]));
        CHECK(look() == start);
      }
    }
  }

 private:
  Outcome product(const std::string& command, const std::string& options) {
    return run_product(command + " " + shell_quote("tests/cases/" + given_.name + "/spec.migration.lua") + options);
  }
  std::string file(const std::string& name) const {
    std::ifstream in(out_.file("package/" + name), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
  static std::string back_name(const std::string& name) { return name.substr(0, name.size() - 4) + ".rollback.sql"; }

  // What sed gives in the runbook's functions.
  static std::string cut(const std::string& text, const std::string& heading) {
    const auto from = text.find("\n" + heading);
    return text.substr(0, text.find("\n-- ====") + 1) + (from == std::string::npos ? "" : text.substr(from + 1));
  }
  // All files before number `i`, and of that one the steps before `step`.
  void stop(std::size_t i, int step) {
    fresh();
    for (std::size_t k = 0; k < i; ++k) run(file(names_[k]), names_[k]);
    const auto text = file(names_[i]);
    const auto here = text.find(fmt::format("\n-- Step {} of ", step));
    REQUIRE(here != std::string::npos);
    if (step > first_[i]) run(text.substr(0, here + 1), "up to step " + std::to_string(step));
  }
  // Stops as `stop` does, but what the step did up to its last COMMIT has been sent as well.
  void kill_in(std::size_t i, int step) {
    stop(i, step);
    if (rows_[i]) return;  // batches commit as they go
    const auto text = file(names_[i]);
    const auto here = text.find(fmt::format("\n-- Step {} of ", step));
    const auto body = text.substr(here, text.find("\n-- Step ", here + 1) - here);
    const auto commit = body.rfind("\nCOMMIT;");
    if (commit == std::string::npos) return;
    const auto from = step > first_[i] ? text.substr(0, text.find("\n-- ====") + 1) : text.substr(0, here);
    run(from + body.substr(0, commit + 1), "a part of step " + std::to_string(step));
  }
  // Types the runbook's functions into a shell, then the command that it states for the file.
  void type(std::size_t i, const std::string& what, int step) {
    const auto book = file("runbook.md");
    const std::string fence = "Once per shell:\n\n```sh\n";
    const auto functions = book.find(fence);
    REQUIRE(functions != std::string::npos);
    const auto begin = functions + fence.size();
    const auto row = book.find("\n| " + names_[i] + " |", functions);
    const auto command = book.find("`" + what + " ", row) + 1;
    REQUIRE((row != std::string::npos && command != 0));
    const auto said = book.substr(command, book.find('`', command) - command);
    const auto line = std::regex_replace(said, std::regex("\\bN\\b"), std::to_string(step));
    const auto outcome =
        run_shell(engine_.shell_of(database_) + book.substr(begin, book.find("```", begin) - begin) + line, {},
                  out_.file("package"));
    INFO(line << "\n" << outcome.err << outcome.out);
    REQUIRE(outcome.exit_code == 0);
  }
  void fresh() {
    engine_.create_database(database_);
    run(build_, "the old schema");
    run(given_.seed, "the seed");
  }
  Snapshot look() {
    auto schema = engine_.dump_schema(database_);
    std::erase_if(schema, [](const std::string& entry) { return entry.find("forgelua_") != std::string::npos; });
    std::string rows;
    for (const auto& [table, dump] : engine_.dump_rows(database_)) rows += table + ":\n" + dump;
    return {schema, rows};
  }
  void run(const std::string& sql, const std::string& what) {
    if (sql.empty()) return;
    const auto outcome = engine_.run_script(database_, sql);
    INFO(what << "\n" << outcome.err << outcome.out);
    REQUIRE(outcome.exit_code == 0);
  }
  // Either it is refused by a question about the turn, or it runs; a stop for any other reason is none of ours.
  void run_or_harmless(const std::string& sql, const std::string& what) {
    const auto outcome = engine_.run_script(database_, sql);
    INFO(what << "\n" << outcome.err << outcome.out);
    if (outcome.exit_code == 0) return;
    const auto said = outcome.err + outcome.out;
    CHECK((said.find("must be done before this") != std::string::npos ||
           said.find("must not be done at this point") != std::string::npos));
  }

  const Case& given_;
  Engine& engine_;
  TemporaryFolder out_;
  std::string build_;
  std::string database_ = fmt::format("fl_stops_{}", ::getpid());
  std::vector<std::string> names_;
  std::vector<int> first_, last_;
  std::vector<bool> rows_;
};

void run_stops(const std::string& engine_name) {
  auto engine = open_engine(engine_name);
  if (!engine) {
    if (!environment("CI").empty()) FAIL("no client for " << engine_name << ": FORGELUA_TEST_… is not set");
    SKIP("no client for " << engine_name << ": run ./dev servers start, then source the file that it names");
  }
  for (const auto& given : read_cases(source_folder() + "/tests/cases", engine_name)) {
    if (!kCases.contains(given.name)) continue;
    DYNAMIC_SECTION(given.name) {
      Stops stops(given, *engine);
      stops.twice();
      stops.out_of_turn();
      if (given.phases) stops.stops();
      if (given.phases) stops.typed();
    }
  }
}

}  // namespace

TEST_CASE("scripts that stop, are run twice or out of turn on sqlite", "[stops][sqlite]") { run_stops("sqlite"); }
TEST_CASE("scripts that stop, are run twice or out of turn on postgres", "[stops][postgres]") { run_stops("postgres"); }
TEST_CASE("scripts that stop, are run twice or out of turn on mysql", "[stops][mysql]") { run_stops("mysql"); }
TEST_CASE("scripts that stop, are run twice or out of turn on mariadb", "[stops][mariadb]") { run_stops("mariadb"); }

}  // namespace forge::test
