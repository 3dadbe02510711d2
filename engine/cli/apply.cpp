// `forgelua apply` and `forgelua rollback`: a package is run on a database, and taken back.
#include "engine/exec/apply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <ostream>

#include "engine/cli/app.hpp"
#include "engine/cli/approval.hpp"
#include "engine/cli/console.hpp"
#include "engine/cli/drift.hpp"
#include "engine/cli/run_target.hpp"
#include "engine/cli/show_plan.hpp"
#include "engine/cli/window.hpp"
#include "engine/db/url.hpp"
#include "engine/emit/evidence.hpp"
#include "engine/emit/markdown.hpp"
#include "engine/exec/backup.hpp"
#include "engine/exec/data_checks.hpp"
#include "engine/exec/server_health.hpp"
#include "engine/exec/way_back_checks.hpp"

namespace forge {
namespace {

// One call of either command.
class Call {
 public:
  Call(const RunRequest& request, Terminal& terminal, Way way) : request_(request), terminal_(terminal), way_(way) {}

  Result<int> go() {
    FORGE_ASSIGN(target_, settle_target(request_));
    FORGE_ASSIGN(const auto package, settle_package(request_, target_.config));
    FORGE_ASSIGN(plan_, read_plan_file(package));
    FORGE_ASSIGN(to_, settle_phase(request_.to));
    FORGE_TRY(approved(request_, target_.environment, plan_));
    if (forward() && !request_.dry_run) FORGE_TRY(proved(target_.environment, plan_));
    if (forward() && !request_.dry_run) FORGE_TRY(within_window(window(), std::chrono::system_clock::now()));
    FORGE_ASSIGN(connections_, connect(plan_, target_.url));
    FORGE_ASSIGN(const auto rows, known_rows());
    if (request_.dry_run) return dry_run(rows);
    show(rows);
    const std::string question =
        fmt::format("{} {} on {}?", forward() ? "Apply" : "Take back", plan_.id, redacted(target_.url));
    FORGE_ASSIGN(const bool yes, confirmed(question, request_, terminal_));
    if (!yes) return fail(ErrorCode::refused, "nothing was done");
    if (!forward() && !request_.emergency) FORGE_TRY(count_rows(rows));
    return run();
  }

 private:
  bool forward() const { return way_ == Way::forward; }
  std::string window() const { return target_.environment ? target_.environment->maintenance_window : ""; }

  std::filesystem::path folder() const { return std::filesystem::path(plan_.path).parent_path(); }

  Result<std::map<int, StepRow>> known_rows() {
    Journal journal(connections_.journal(), plan_.client, 0);
    FORGE_ASSIGN(const bool there, journal.there());
    if (!there) return std::map<int, StepRow>{};
    return journal.steps(plan_.id);
  }

  void show(const std::map<int, StepRow>& rows) {
    if (terminal_.json) return;
    terminal_.err << escape_control(
                         fmt::format("{}: {} steps on {}\n", plan_.id, plan_.steps.size(), redacted(target_.url)))
                  << tested() << escape_control(plan_lines(plan_, rows, way_, to_));
  }

  std::string tested() const {
    if (!forward()) return "";
    const auto evidence = evidence_of(folder(), plan_.hash);
    if (!evidence) return "    not tested on a copy: forgelua test does that\n";
    if (!evidence->proved) return "    the test on a copy has found it not to be right: see evidence.json\n";
    return "    tested " + escape_control(rollback_words(*evidence)) + "\n";
  }

  Result<std::vector<std::string>> drift() {
    if (!reader_) {
      reader_ = std::make_unique<SchemaReader>(Target{plan_.engine, ""},
                                               request_.dev_url.empty() ? target_.config.dev_url : request_.dev_url,
                                               ModuleRoots{".", request_.organisation});
    }
    return drift_from(plan_.before, plan_, target_.url, *reader_);
  }

  Result<void> check_source() {
    FORGE_ASSIGN(const auto lines, drift());
    if (!lines.empty()) return fail(drift_error(plan_, lines));
    return {};
  }

  // What the rows that are there mean for the plan. Those that would stop it end it here, before anything of it is run.
  Result<void> check_data(Console& console) {
    if (!target_.config.pre_check) return {};
    FORGE_ASSIGN(const auto questions, data_questions(plan_));
    FORGE_ASSIGN(const auto findings, ask_data(*connections_.work, questions));
    Error error{ErrorCode::refused, "", {}, {}, {}, {}};
    int stops = 0;
    for (const auto& finding : findings) {
      const auto& question = finding.question;
      const bool passes = question.loses || (question.value && request_.skip_bad_rows);
      console.tell("data",
                   {{"title", question.title},
                    {"rows", finding.rows},
                    {"most", finding.most},
                    {"samples", finding.samples},
                    {"query", question.count},
                    {"stops", !passes}},
                   passes ? "  data: " + finding.text() : "");
      if (passes) continue;
      ++stops;
      error.notes.push_back(finding.text());
      error.notes.push_back("  " + question.count);
    }
    if (stops == 0) return {};
    error.message = fmt::format("{} finding{} in the data would stop the plan '{}' on its way", stops,
                                stops == 1 ? "" : "s", plan_.id);
    error.hint = "mend the rows; nothing has been done. `validation: { preCheck: false }` in forgelua.yml asks nothing";
    return fail(std::move(error));
  }

  // What is open on the server for long holds locks that steps will ask for: it is told, as it may be over when they come to it.
  Result<void> look_at_server(Console& console) const {
    if (!target_.config.safety_check) return {};
    FORGE_ASSIGN(const auto health, server_health(*connections_.work, target_.url));
    const bool busy = health.open_long.value_or(0) > 0 || health.waiting.value_or(0) > 0;
    console.tell("server", to_json(health), busy ? "  server: " + health.text() : "");
    return {};
  }

  // The steps that took longest, where one of them took a second.
  void tell_slowest(const RunResult& done, Console& console) const {
    std::vector<std::pair<double, int>> slow;
    for (const auto& [number, seconds] : done.seconds) {
      if (seconds >= 1) slow.emplace_back(seconds, number);
    }
    std::ranges::sort(slow, std::ranges::greater());
    if (slow.size() > 3) slow.resize(3);
    if (!target_.config.performance_analysis) slow.clear();
    for (const auto& [seconds, number] : slow) {
      const auto step = std::ranges::find(plan_.steps, number, &Step::number);
      console.tell("slow", {{"step", number}, {"seconds", seconds}},
                   fmt::format("  took longest: step {}, {}: {:.1f} s", number, step->title, seconds));
    }
  }

  // Before the first step, and under the runner's lock.
  Result<void> put_aside(Console& console) const {
    if (!request_.backup && !target_.config.auto_backup) return {};
    const std::string begin = "pre_migration_";
    const auto file = "backups/" + begin + plan_.id + backup_ending(engine_of_url(target_.url));
    FORGE_TRY(take_backup(target_.url, file));
    FORGE_TRY(keep_newest("backups", begin, target_.config.keep_backups));
    console.tell("backup", {{"file", file}}, "the database is put aside in " + file);
    return {};
  }

  // How many rows the tables have that the way back is about; it is compared behind it.
  Result<void> count_rows(const std::map<int, StepRow>& rows) {
    int reached = 0;
    for (const auto& [number, row] : rows) {
      if (row.state != StepRow::State::pending) reached = std::max(reached, number);
    }
    FORGE_ASSIGN(rows_before_, rows_of_touched(*connections_.work, plan_, reached));
    return {};
  }

  // Applications may have written meanwhile: a difference is told, and no more.
  Result<void> compare_rows(Console& console) {
    FORGE_ASSIGN(const auto rows_now, rows_of_touched(*connections_.work, plan_, 0));
    for (const auto& [name, rows] : rows_now) {
      const auto before = rows_before_.find(name);
      if (before == rows_before_.end()) continue;
      const auto now = number_text(static_cast<double>(rows));
      const auto then = number_text(static_cast<double>(before->second));
      console.tell("rows_compared", {{"table", display(name)}, {"before", before->second}, {"after", rows}},
                   rows == before->second
                       ? fmt::format("  rows: {} has {}, as before the way back", display(name), now)
                       : fmt::format("  rows: {} had {} before the way back and has {} now, with all that applications "
                                     "have written meanwhile",
                                     display(name), then, now));
    }
    return {};
  }

  // Once nothing of the plan stands, the schema is the one that it began with, and no row points at nothing.
  Result<void> check_way_back(Console& console) {
    FORGE_TRY(compare_rows(console));
    FORGE_TRY(check_schema_back());
    FORGE_ASSIGN(const auto found, orphans(*connections_.work, plan_));
    if (found.empty()) return {};
    Error error{ErrorCode::database,
                fmt::format("'{}' is rolled back, and rows point at nothing", plan_.id),
                "forgelua asks for such rows alone, not since when they are so: mend them by hand",
                {},
                {},
                {}};
    for (const auto& finding : found) error.notes.push_back(finding.text());
    return fail(std::move(error));
  }

  Result<void> check_schema_back() {
    FORGE_ASSIGN(const auto lines, drift());
    if (lines.empty()) return {};
    auto error = drift_error(plan_, lines);
    error.code = ErrorCode::database;
    error.message =
        fmt::format("'{}' is rolled back, and yet the schema is not the one that it began with: {} differences",
                    plan_.id, lines.size());
    error.hint = "what else was changed meanwhile is not the plan's: mend it by hand";
    return fail(std::move(error));
  }

  Result<int> dry_run(const std::map<int, StepRow>& rows) {
    if (forward() && rows.empty()) {
      FORGE_TRY(check_source());
      Console console(terminal_);
      FORGE_TRY(check_data(console));
    }
    if (terminal_.json) {
      for (const auto& step : plan_.steps) {
        terminal_.out << Json{{"version", 1},
                              {"type", "planned"},
                              {"step", step.number},
                              {"id", step.id},
                              {"phase", word_of(step.phase)},
                              {"title", step.title},
                              {"impact", to_json(step.impact)}}
                             .dump(-1, ' ', false, Json::error_handler_t::replace)
                      << "\n";
      }
      return 0;
    }
    show(rows);
    terminal_.out << escape_control(plan_sql(plan_, rows, way_, to_));
    return 0;
  }

  Result<void> healthy() const { return all_well(target_.config.health_checks, target_.url); }

  Result<int> healthy_at_the_end() const {
    auto done = healthy();
    if (done) return 0;
    done.error().code = ErrorCode::database;
    done.error().notes.emplace_back("what was to be run has run");
    done.error().hint = "see to it; forgelua rollback takes back what stands";
    return fail(std::move(done.error()));
  }

  Result<int> run() {
    Console console(terminal_);
    RunOptions options;
    options.to = to_;
    options.wait = std::chrono::seconds(request_.wait);
    options.skip_bad_rows = request_.skip_bad_rows;
    options.back_on_failure = target_.config.rollback_on_failure;
    FORGE_ASSIGN(options.limits, settle_limits(target_.config));
    Watch watch(target_.config.watch, target_.url, console);
    if (forward()) {
      options.may_go_on = [this] { return within_window(window(), std::chrono::system_clock::now()); };
      options.may_destroy = [this](const Step& step) {
        return may_destroy(request_, target_.environment, plan_, step);
      };
      options.healthy = [this] { return healthy(); };
      options.watch = &watch;
      options.watch_afterwards = target_.config.watch.afterwards;
    }
    options.check_source = [this, &console]() -> Result<void> {
      FORGE_TRY(check_source());
      FORGE_TRY(check_data(console));
      FORGE_TRY(look_at_server(console));
      return put_aside(console);
    };
    if (!request_.yes) {
      options.gate = [this](Phase next, const std::vector<std::string>& due) {
        for (const auto& line : due) terminal_.err << "  before it: " << escape_control(line) << "\n";
        const auto yes = confirmed(fmt::format("Go on with the phase {}?", word_of(next)), request_, terminal_);
        return yes && *yes;
      };
    }
    FORGE_ASSIGN(const auto done, forward() ? apply_plan(plan_, connections_, console, options)
                                            : roll_back_plan(plan_, connections_, console, options));
    const std::string text = fmt::format(
        "{}: {} step{} {}{}", plan_.id, done.steps, done.steps == 1 ? "" : "s", forward() ? "carried out" : "undone",
        done.whole ? (forward() ? ", the whole plan has run" : ", nothing of the plan stands") : "");
    tell_slowest(done, console);
    console.tell("done", {{"id", plan_.id}, {"hash", plan_.hash}, {"steps", done.steps}, {"whole", done.whole}}, text);
    if (!forward() && done.whole && !request_.emergency) FORGE_TRY(check_way_back(console));
    return forward() ? healthy_at_the_end() : Result<int>(0);
  }

  const RunRequest& request_;
  Terminal& terminal_;
  Way way_;
  RunTarget target_;
  PlanFile plan_;
  Connections connections_;
  std::optional<Phase> to_;
  std::unique_ptr<SchemaReader> reader_;
  std::map<QName, std::int64_t> rows_before_;
};

// One package after the other, each with the plan shown first.
Result<int> roll_back(const RunRequest& request, Terminal& terminal) {
  FORGE_ASSIGN(const auto packages, settle_way_back(request));
  RunRequest one = request;
  if (packages.size() != 1 || !enum_value<Phase>(request.to)) one.to.clear();
  for (const auto& package : packages) {
    one.package = package.string();
    FORGE_ASSIGN(const int code, Call(one, terminal, Way::backward).go());
    if (code != 0) return code;
  }
  return 0;
}

}  // namespace

void add_apply(CLI::App& app, Command& chosen) {
  auto request = std::make_shared<RunRequest>();
  auto* command = app.add_subcommand("apply", "Run a package on a database, from wherever it stands");
  add_run_options(*command, *request, true);
  command->add_option("--to", request->to, "The last phase that is run")
      ->check(CLI::IsMember({"expand", "migrate", "switch", "contract"}));
  command->add_flag("--backup", request->backup, "Put the database aside first, as autoBackup does");
  command->add_option("--approve-irreversible", request->second_approval,
                      "The second approval, where the environment asks for one before a step that destroys");
  command->callback([&chosen, request] {
    chosen = [request](Terminal& terminal) { return Call(*request, terminal, Way::forward).go(); };
  });
}

void add_rollback(CLI::App& app, Command& chosen) {
  auto request = std::make_shared<RunRequest>();
  auto* command = app.add_subcommand("rollback", "Take packages back from a database: last step first");
  add_run_options(*command, *request, true);
  command->add_option("--to", request->to,
                      "The first phase that is undone, or the version that stays: all after it goes");
  command->add_flag("--emergency", request->emergency, "Compare neither the schema nor rows afterwards");
  command->callback(
      [&chosen, request] { chosen = [request](Terminal& terminal) { return roll_back(*request, terminal); }; });
}

}  // namespace forge
