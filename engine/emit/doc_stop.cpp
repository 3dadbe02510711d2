// runbook.md: when a script stops.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "engine/emit/doc_parts.hpp"
#include "engine/emit/markdown.hpp"
#include "engine/emit/phases.hpp"

namespace forge {
namespace {

// The head of a file, which pins the session, and the file from one step on; what asks about the turn stands between them.
std::string commands(const Client& client) {
  std::string pipe = run_command(client, "-");
  if (!client.postgres()) pipe = pipe.substr(0, pipe.rfind(" <"));
  const auto function = [&](std::string_view name, std::string_view ending, std::string_view heading) {
    return fmt::format(
        "{0}() {{ {{ sed '/^-- ====/,$d' \"phases/$1{1}\"; sed -n \"/^-- {2} $2 of /,\\$p\" \"phases/$1{1}\"; }} | "
        "{3}; }}\n",
        name, ending, heading, pipe);
  };
  return fenced("sh", function("go_on", ".sql", "Step") + function("go_back", ".rollback.sql", "Undo step"));
}

// Statements that fail where they have been carried out already.
bool once_only(const Statement& statement) {
  constexpr std::array<std::string_view, 12> kOnce{"CREATE TRIGGER", "ALTER TABLE",  "RENAME TABLE",   "CREATE TABLE `",
                                                   "CREATE VIEW",    "CREATE INDEX", "CREATE UNIQUE",  "DROP TABLE `",
                                                   "DROP VIEW `",    "DROP INDEX",   "DROP TRIGGER `", "INSERT INTO `"};
  return std::ranges::any_of(kOnce, [&](std::string_view begin) { return statement.sql.starts_with(begin); });
}

bool alone(const Statement& statement) { return !statement.transactional; }

// PostgreSQL: indexes that are built or dropped CONCURRENTLY. Their statements, both ways, may be run again.
std::vector<int> outside_transactions(const Plan& plan) {
  std::vector<int> out;
  for (const auto& step : plan.steps) {
    if (!step.work && std::ranges::any_of(step.forward, alone)) out.push_back(step.number);
  }
  return out;
}

std::string first_line(std::string_view sql) {
  auto line = one_line(sql.substr(0, sql.find('\n')));
  return sql.find('\n') == std::string_view::npos ? line : line + " …";
}

// What changes the schema or rows of the user's, also where it may be run again.
bool changes(const Statement& statement) {
  constexpr std::array<std::string_view, 6> kWords{"ALTER ", "RENAME ", "CREATE ", "DROP ", "INSERT ", "UPDATE "};
  if (statement.sql.find("forgelua_backfill_errors (") != std::string::npos ||
      statement.sql.starts_with("CREATE TABLE IF NOT EXISTS") || statement.sql.find(" PROCEDURE ") < 24) {
    return false;
  }
  return std::ranges::any_of(kWords, [&](std::string_view word) { return statement.sql.starts_with(word); });
}

// MySQL, MariaDB: may the step stop between two statements of which each stands by itself?
bool splits(const Step& step) { return !step.work && std::ranges::count_if(step.forward, changes) > 1; }
bool whole_back(const Step& step) { return std::ranges::none_of(step.backward, once_only); }

// Those whose way back runs however far they came.
std::vector<int> taken_back_whole(const Plan& plan) {
  std::vector<int> out;
  for (const auto& step : plan.steps) {
    if (splits(step) && whole_back(step)) out.push_back(step.number);
  }
  return out;
}

// The others, with their statements.
std::string half_steps(const Plan& plan) {
  std::string out;
  for (const auto& step : plan.steps) {
    if (!splits(step) || whole_back(step)) continue;
    std::string statements;
    for (const auto& statement : step.forward) {
      if (changes(statement)) statements += (statements.empty() ? "" : ", then ") + code(first_line(statement.sql));
    }
    out += bullet(fmt::format("Step {}: {}", step.number, statements));
  }
  return out;
}

std::string what_stands(const Plan& plan, const Client& client) {
  std::string out =
      "A script prints `step N of M: …` when it begins with a step and `step N of M: done` when that has ended. What "
      "it did up "
      "to the last `done` stands. A check that fails before a step, and a script that says that a step must or must "
      "not be done "
      "before it, have touched nothing.\n\n";
  if (client.mysql()) {
    return out +
           "Each DDL statement commits by itself. A statement that fails is not there; what the same step did before "
           "it "
           "stands. Where a client was killed, its statement may have ended all the same: the server's answer to "
           "`go_on` (something exists already, or is gone already) says so, and that statement is then to be left "
           "out.\n\n";
  }
  out +=
      "The step under way is taken back whole. Where a client was killed (no error was printed), its last COMMIT may "
      "have gone "
      "through: the query under `done` of that step in plan.json gives 1 if so.\n\n";
  if (const auto steps = outside_transactions(plan); client.postgres() && !steps.empty()) {
    out += fmt::format(
        "{} outside a transaction, and may leave an index that is not valid: to go back, begin with that step itself, "
        "not with "
        "the one before it. Its statements may be run again, both ways.\n\n",
        steps.size() == 1 ? fmt::format("Step {} runs", steps.front())
                          : fmt::format("Steps {} run", step_numbers(steps)));
  }
  return out;
}

}  // namespace

std::string stop_part(const Plan& plan, const Client& client) {
  if (client.mongodb()) {
    return "## When a script stops\n\nEach script first asks whether it is its turn; where that fails, nothing has "
           "been touched. "
           "What has run is remembered in `forgelua_steps` until the plan is over. Mend the cause, then run the same "
           "file again: "
           "it passes over the steps that have run and does the one under way again, whose commands may all be run "
           "twice. To go "
           "back, run the file's rollback script: it undoes all of its steps, those that have not run without "
           "effect.\n\n";
  }
  MarkdownTable table({"Stopped in", "Steps", "Go on", "Go back"});
  for (const auto& segment : segments_of(plan)) {
    const auto on = fmt::format("go_on {} N", segment.name);
    // Batches commit as they go: what they wrote is undone with their own step.
    const auto back = fmt::format("go_back {} {}", segment.name, segment.backfill ? "N" : "$((N - 1))");
    table.row({forward_file(segment), steps_text(segment.steps), code(on), code(back)});
  }
  if (table.empty()) return "";
  std::string out =
      "## When a script stops\n\n" + what_stands(plan, client) +
      "Mend the cause. Then go on, or go back. Once per shell:\n\n" + commands(client) +
      "N is the step that was under way:\n\n" + table.text() +
      "A `go_back` with a number that is not in its file undoes nothing: of that file nothing stands. Behind it come "
      "the rollback files of the files before it, last first, as under \"Way back\". The file of the step itself is "
      "not run whole: its rollback file takes back all of its steps, and refuses where they are not all done.\n\n";
  if (!client.mysql()) return out;
  if (const auto steps = taken_back_whole(plan); !steps.empty()) {
    out += fmt::format(
        "Steps that may be half done, and can be taken back however far they came: {}. There begin `go_back` with N "
        "itself; then "
        "run the file again, or go further back.\n\n",
        step_numbers(steps));
  }
  if (const auto half = half_steps(plan); !half.empty()) {
    out +=
        "Steps that may be half done, with their statements (`SHOW CREATE TABLE` and `SHOW TRIGGERS` say which have "
        "been carried "
        "out). Bring such a step to its end by hand, with its statements as the file has them, and `go_on` from the "
        "next one or "
        "`go_back` from the step itself:\n\n" +
        half + "\n";
  }
  return out;
}

}  // namespace forge
