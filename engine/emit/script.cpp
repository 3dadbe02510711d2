#include "engine/emit/script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/emit/markdown.hpp"
#include "engine/emit/typescript.hpp"
#include "engine/emit/way_back_questions.hpp"
#include "engine/model/generated_names.hpp"
#include "engine/plan/classify.hpp"

namespace forge {
namespace {

enum class Way { forward, backward };

constexpr std::string_view kRule = "-- ============================================================================\n";

// What goes along with a step (a trigger, a dual-write) holds no data: the step's id begins with what it is about.
std::string lost_object(const Step& step) {
  const bool bystander = !step.ops.empty() && (std::holds_alternative<Delta<Definition>>(step.ops.front()) ||
                                               std::holds_alternative<Delta<Sync>>(step.ops.front()));
  if (bystander) return step.id.substr(0, step.id.find('/'));
  if (!step.ops.empty()) return shown_name(object_of(step.ops.front()));
  return step.work ? display(step.work->table) : step.id;
}

// `loses` names a field ("orders.amount") or says in words what goes.
std::string loss_line(const Step& step) {
  const bool name = step.loses.find(' ') == std::string::npos;
  if (name) return fmt::format("{} data will be lost.", one_line(step.loses));
  return fmt::format("{} data will be lost: {}.", one_line(lost_object(step)), one_line(step.loses));
}

std::string field_line(std::string_view label, std::string_view text) {
  return text.empty() ? "" : fmt::format("--   {:<13} {}\n", std::string(label) + ":", one_line(text));
}

std::string applications(const Step& step) {
  const auto& c = step.compatibility;
  return fmt::format("old {}, new {}{}{}", c.old_app ? "works" : "BREAKS", c.new_app ? "works" : "does not work yet",
                     c.note.empty() ? "" : "; ", c.note);
}

std::string heading(const Plan& plan, const Step& step, Way way) {
  std::string out(kRule);
  out += fmt::format("-- {}tep {} of {}, {}: {}\n", way == Way::backward ? "Undo s" : "S", step.number,
                     plan.steps.size(), word_of(step.phase), one_line(step.title));
  out += field_line("Id", step.id);
  if (way == Way::forward) {
    out += field_line("Why", step.why);
    out += field_line("Lock", lock_text(step));
    out += field_line("Also locks", joined(step.impact.also_locks));
    out += field_line("Note", step.impact.note);
    out += field_line("Estimate", duration_text(step.seconds));
    out += field_line("Applications", applications(step));
    out += field_line("Way back", way_back(step));
    out += field_line("Hazards", hazard_text(step));
  } else {
    if (step.reverse_work) out += field_line("Estimate", duration_text(estimate_back(step)));
    out += field_line("Loses", step.loses);
  }
  return out + std::string(kRule);
}

// SQLite's own errors hold no text of ours that is not fixed: what failed is printed first.
constexpr std::string_view kSqliteGuard =
    R"(CREATE TEMP TABLE forgelua_guard (title text, expected text, actual text);
CREATE TEMP TRIGGER forgelua_guard_stops BEFORE DELETE ON forgelua_guard WHEN OLD.actual IS NOT OLD.expected
BEGIN
  SELECT RAISE(ABORT, 'check failed: the line printed last names it');
END;
)";
constexpr std::string_view kSqliteJudge =
    R"(SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
)";

// A check that stops the script where it does not hold. The message says what was expected and what was found; MySQL's clients
// show no more of a failed INSERT than the value that did not fit its column, so that value is the message.
std::string guard(const Client& client, const Assertion& check) {
  const std::string title = sql_literal(client, one_line(check.title));
  const std::string expect = sql_literal(client, check.expect);
  std::string out = sql_comment(fmt::format("Check: {}. Expects {}.", check.title, check.expect));
  if (client.postgres()) {
    return out + fmt::format(R"(DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := ({})::text;
  IF forgelua_actual IS DISTINCT FROM {} THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', {}, {}, forgelua_actual;
  END IF;
END
$forgelua_check$;
)",
                             check.sql, expect, title, expect);
  }
  if (client.mysql()) {
    return out + fmt::format(
                     "SELECT CAST(({}) AS CHAR) INTO @forgelua_actual;\n"
                     "INSERT INTO forgelua_guard VALUES (IF(@forgelua_actual <=> {}, 0, CONCAT({}, "
                     "COALESCE(@forgelua_actual, "
                     "'NULL'), {})), {}, @forgelua_actual);\n",
                     check.sql, expect, sql_literal(client, fmt::format("expected {}, found ", check.expect)),
                     sql_literal(client, ": " + one_line(check.title)), expect);
  }
  return out + fmt::format("INSERT INTO temp.forgelua_guard VALUES ({}, {}, CAST(({}) AS text));\n{}", title, expect,
                           check.sql, kSqliteJudge);
}

bool has_checks(const std::vector<const Step*>& steps, Way way) {
  return std::ranges::any_of(steps, [way](const Step* step) {
    return way == Way::backward
               ? !step->checks_back.empty()
               : !step->checks_first.empty() || !step->checks_before.empty() || !step->checks_after.empty();
  });
}

// What the way back would stop at is asked for before anything is undone: rows that only the new schema accepts.
std::string checks_of_way_back(const Client& client, const std::vector<const Step*>& steps) {
  std::string out;
  for (const auto& check : way_back_questions(client, steps)) out += guard(client, check);
  if (out.empty()) return out;
  return "\n-- Rows that the old schema does not accept would stop the way back half way. The query of a check that "
         "fails,\n"
         "-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.\n" +
         out;
}

// What a step takes for granted of the rows is asked for before anything is changed.
std::string checks_of_start(const Client& client, const std::vector<const Step*>& steps) {
  std::string out;
  for (const Step* step : steps) {
    for (const auto& check : step->checks_first) out += guard(client, check);
  }
  return out.empty() ? out : "\n-- Where one of these checks fails, nothing has been touched.\n" + out;
}

// MySQL and SQLite have no statement that raises an error outside a stored program: a temporary table does. In MySQL by a
// value that its column cannot hold, or (where the session's sql_mode lets such values be cut) by its CHECK.
std::string guard_table(const Client& client) {
  if (client.postgres()) return "";
  if (client.sqlite()) return std::string(kSqliteGuard);
  return "CREATE TEMPORARY TABLE forgelua_guard (check_failed int NOT NULL, expected text, actual text,\n"
         "  CONSTRAINT actual_is_what_was_expected CHECK (actual <=> expected))\n"
         "  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;\n";
}

std::string drop_guard_table(const Client& client) {
  if (client.postgres()) return "";
  return client.sqlite() ? "DROP TABLE temp.forgelua_guard;\n" : "DROP TEMPORARY TABLE forgelua_guard;\n";
}

// A user's own SQL may end in a semicolon, which the mysql client takes for one statement too many.
std::string_view without_end(std::string_view sql) {
  const auto last = sql.find_last_not_of(" \t\r\n;");
  return sql.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

}  // namespace

std::string statement_text(const Statement& statement) {
  // A document of MongoDB.
  if (statement.sql.starts_with('{')) return typescript_document(statement.sql, 0) + "\n";
  // The sqlite3 shell's own commands end with their line.
  if (statement.sql.starts_with('.')) return statement.sql + "\n";
  if (!statement.delimiter.empty()) {
    return fmt::format("DELIMITER {0}\n{1}\n{0}\nDELIMITER ;\n", statement.delimiter, statement.sql);
  }
  const auto sql = without_end(statement.sql);
  // A comment in the last line would swallow the semicolon.
  const auto line = sql.substr(sql.rfind('\n') == std::string_view::npos ? 0 : sql.rfind('\n') + 1);
  const bool comment = line.find("--") != std::string_view::npos || line.find('#') != std::string_view::npos;
  return fmt::format("{}{};\n", sql, comment ? "\n" : "");
}

namespace {

// Writes statements in order, in as few transactions as may be. MySQL's DDL commits by itself: none is opened there.
class Runner {
 public:
  Runner(const Client& client, const Step& step) : client_(client), step_(step) {}

  void add(const Statement& statement) {
    const bool inside = statement.transactional && step_.transaction && !client_.mysql();
    if (!inside) end();
    wait_for_locks(!statement.transactional);
    if (inside && !open_) {
      out_ += client_.sqlite() ? "BEGIN IMMEDIATE;\n" : "BEGIN;\n";
      open_ = true;
    }
    out_ += statement_text(statement);
  }

  std::string finish() {
    end();
    wait_for_locks(false);
    return std::move(out_);
  }

 private:
  void end() {
    if (open_) out_ += "COMMIT;\n";
    open_ = false;
  }

  // What stands alone (CREATE INDEX CONCURRENTLY) blocks nobody while it waits, and giving up half-way would leave an
  // INVALID index behind.
  void wait_for_locks(bool for_ever) {
    if (!client_.postgres() || for_ever == waits_) return;
    out_ += for_ever ? "SET lock_timeout = 0;\n" : "SET lock_timeout = '2s';\n";
    waits_ = for_ever;
  }

  const Client& client_;
  const Step& step_;
  std::string out_;
  bool open_ = false;
  bool waits_ = false;
};

std::string run_text(const Client& client, const Step& step, const std::vector<Statement>& statements) {
  Runner runner(client, step);
  for (const auto& statement : statements) runner.add(statement);
  return runner.finish();
}

std::string step_text(const Plan& plan, const Client& client, const Step& step, Way way) {
  const bool forward = way == Way::forward;
  const auto& statements = forward ? step.forward : step.backward;
  std::string out = "\n" + heading(plan, step, way);
  out += say(client, fmt::format("{} {} of {}: {}", forward ? "step" : "undo step", step.number, plan.steps.size(),
                                 step.title));
  if (forward) {
    for (const auto& check : step.checks_before) out += guard(client, check);
  }
  if (statements.empty()) {
    out += forward ? "-- Nothing to run in the database.\n"
                   : "-- Nothing to run: the steps before it take with them what it did.\n";
  }
  out += run_text(client, step, statements);
  out += say(client, fmt::format("{} {} of {}: done", forward ? "step" : "undo step", step.number, plan.steps.size()));
  if (forward) {
    for (const auto& check : step.checks_after) out += guard(client, check);
    if (!step.app.empty()) out += sql_comment("Application: " + step.app);
  }
  return out;
}

// Is it the script's turn? A section of its own: who goes on from a step, or back from one, leaves it out.
std::string turn_text(const Client& client, const std::vector<Assertion>& questions) {
  if (questions.empty()) return "";
  std::string out =
      "\n" + std::string(kRule) +
      "-- Is it this script's turn? Where one of these checks fails, nothing has been touched: it has run already,\n"
      "-- or a script that comes before it has not. After a stop in the middle see \"When a script stops\" in "
      "runbook.md.\n" +
      std::string(kRule);
  for (const auto& question : questions) out += guard(client, question);
  return out;
}

std::vector<const Step*> all_steps(const Plan& plan) {
  std::vector<const Step*> out;
  out.reserve(plan.steps.size());
  for (const auto& step : plan.steps) out.push_back(&step);
  return out;
}

}  // namespace

std::string way_back(const Step& step) {
  if (step.loses.empty()) return "yes, nothing is lost";
  return "loses " + step.loses;
}

std::string rollback_warning(const std::vector<const Step*>& steps) {
  std::string out;
  std::set<std::string> said;
  for (const Step* step : steps) {
    if (step->loses.empty() || !said.insert(loss_line(*step)).second) continue;
    out += "-- WARNING: rollback is destructive — " + loss_line(*step) + "\n";
  }
  return out.empty() ? out : out + "-- Take a backup before applying forward.sql.\n";
}

std::string destructive_lines(const std::vector<const Step*>& steps) {
  std::string out;
  for (const Step* step : steps) {
    if (step->loses_forward.empty()) continue;
    out += sql_comment(fmt::format("WARNING: step {} is destructive — {}", step->number, step->loses_forward));
  }
  return out;
}

std::string segment_title(std::string_view what, const Segment& segment) {
  return fmt::format("{} {}, {}", what, word_of(segment.phase), segment.backfill ? "rows" : "schema");
}

Scripts::Scripts(const Plan& plan, const Client& client)
    : plan_(plan), client_(client), summary_(summarise(plan)), turns_(plan) {
  if (client_.mongodb()) return;
  there_.reserve(plan.steps.size());
  back_.reserve(plan.steps.size());
  for (const auto& step : plan.steps) {
    there_.push_back(step_text(plan, client_, step, Way::forward));
    back_.push_back(step_text(plan, client_, step, Way::backward));
  }
}

std::string Scripts::head(std::string_view what, std::string_view file) const {
  const auto description = plan_.header.find("description");
  std::string out = sql_comment(fmt::format("{} of migration {}", what, plan_.id));
  if (description != plan_.header.end()) out += sql_comment(description->second);
  out += sql_comment(fmt::format("{} {}; strategy {}; risk {}; forgelua {}", plan_.engine, plan_.version,
                                 summary_.strategy, summary_.risk, plan_.tool_version));
  return out + sql_comment(fmt::format("Run in this folder: {}", run_command(client_, file)));
}

std::string Scripts::body(std::vector<const Step*> steps, bool forward) const {
  const Way way = forward ? Way::forward : Way::backward;
  const auto questions = turns_.after(forward ? steps.front()->number - 1 : steps.back()->number);
  const bool guards = !questions.empty() || has_checks(steps, way);
  std::string out = "\n" + session_settings(client_);
  if (guards) out += guard_table(client_);
  out += turn_text(client_, questions);
  if (!forward) {
    std::ranges::reverse(steps);
    out += checks_of_way_back(client_, steps);
  } else {
    out += checks_of_start(client_, steps);
  }
  const auto& texts = forward ? there_ : back_;
  const auto text_of = [&](const Step* step) -> const std::string& {
    return texts[static_cast<std::size_t>(step - plan_.steps.data())];
  };
  std::size_t size = out.size();
  for (const Step* step : steps) size += text_of(step).size();
  out.reserve(size + 100);
  for (const Step* step : steps) out += text_of(step);
  if (guards) out += "\n" + drop_guard_table(client_);
  return out + say(client_, forward ? "forward: done" : "rollback: done");
}

std::string Scripts::forward() const {
  if (client_.mongodb()) return typescript_forward(plan_);
  std::string out = head("Forward, every phase", "forward.sql");
  out +=
      "-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by\n"
      "-- one, with the gates that runbook.md states between them.\n";
  const auto steps = all_steps(plan_);
  return out + destructive_lines(steps) + body(steps, true);
}

std::string Scripts::rollback() const {
  if (client_.mongodb()) return typescript_rollback(plan_);
  const auto steps = all_steps(plan_);
  return rollback_warning(steps) + head("Rollback, every phase", "rollback.sql") +
         "-- Takes back a whole forward.sql. After some of the phases only, run their .rollback.sql files, last\n"
         "-- phase first.\n" +
         body(steps, false);
}

std::string Scripts::forward(const Segment& segment) const {
  if (client_.mongodb()) return typescript_segment(plan_, turns_, segment);
  return head(segment_title("Phase", segment), forward_file(segment)) + destructive_lines(segment.steps) +
         body(segment.steps, true);
}

std::string Scripts::rollback(const Segment& segment) const {
  if (client_.mongodb()) return typescript_segment_rollback(plan_, turns_, segment);
  return rollback_warning(segment.steps) + head(segment_title("Rollback of phase", segment), rollback_file(segment)) +
         body(segment.steps, false);
}

}  // namespace forge
