// `forgelua status` and `forgelua verify`: what has been run on a database, and whether it is what it should be.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <ostream>

#include "engine/cli/app.hpp"
#include "engine/cli/run_target.hpp"
#include "engine/db/url.hpp"
#include "engine/emit/evidence.hpp"
#include "engine/exec/server_health.hpp"
#include "engine/exec/step_runner.hpp"

namespace forge {
namespace {

constexpr int kDifferent = 2;

// What the project's folder of packages says of a plan.
struct KnownPackage {
  std::string id, hash, proof;
  bool fits = false;  // its engine is the database's
};

// Those that can be read; each other one is told.
std::vector<KnownPackage> known_packages(const Config& config, const std::string& engine, Terminal& terminal) {
  std::vector<KnownPackage> out;
  for (const auto& folder : package_folders(config.output)) {
    const auto plan = read_plan_file(folder);
    if (!plan) {
      terminal.err << escape_control(fmt::format("passed over: {}", plan.error().message)) << "\n";
      continue;
    }
    const bool fits = (plan->family.empty() ? plan->engine : plan->family) == engine;
    out.push_back({plan->id, plan->hash, proof_words(folder, plan->hash), fits});
  }
  return out;
}

void print(const Json& json, Terminal& terminal) {
  terminal.out << json.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
}

void print_migration(const MigrationRow& row, const std::map<int, StepRow>& steps, const std::string& proof,
                     Terminal& terminal) {
  long done = 0;
  int next = 0;
  for (const auto& [number, step] : steps) {
    if (step.state == StepRow::State::done) {
      ++done;
    } else if (next == 0) {
      next = number;
    }
  }
  if (terminal.json) {
    Json json{{"version", 1},
              {"type", "migration"},
              {"id", row.version},
              {"state", row.state},
              {"applied_at", row.applied_at},
              {"applied_by", row.applied_by},
              {"rolled_back_at", row.rolled_back_at},
              {"execution_time_ms", row.milliseconds},
              {"checksum", row.checksum},
              {"steps", steps.size()},
              {"steps_done", done}};
    if (!proof.empty()) json["proof"] = proof;
    return print(json, terminal);
  }
  std::string text = fmt::format("{}  {}  {} by {}, {} of {} steps, {:.1f} s", row.version, row.state,
                                 row.rolled_back_at.empty() ? row.applied_at : row.rolled_back_at, row.applied_by, done,
                                 steps.size(), static_cast<double>(row.milliseconds) / 1000);
  if (next != 0 && row.state == "running") text += fmt::format("; goes on at step {}", next);
  if (!proof.empty()) text += "; " + proof;
  terminal.out << escape_control(text) << "\n";
}

void print_pending(const KnownPackage& package, Terminal& terminal) {
  if (terminal.json) {
    return print(
        {{"version", 1}, {"type", "pending"}, {"id", package.id}, {"checksum", package.hash}, {"proof", package.proof}},
        terminal);
  }
  terminal.out << escape_control(fmt::format("{}  pending; {}", package.id, package.proof)) << "\n";
}

// All that the journal holds, in its order; then the project's packages of this engine that it does not hold.
Result<bool> print_all(Journal& journal, const std::vector<KnownPackage>& packages, bool there, Terminal& terminal) {
  bool open = false;
  std::vector<MigrationRow> history;
  if (there) {
    FORGE_ASSIGN(history, journal.history());
  }
  for (const auto& row : history) {
    FORGE_ASSIGN(const auto steps, journal.steps(row.version));
    const auto known = std::ranges::find(packages, row.version, &KnownPackage::id);
    std::string proof;
    if (known != packages.end())
      proof = known->hash == row.checksum ? known->proof : "its package is of another plan by now";
    print_migration(row, steps, proof, terminal);
    open = open || row.state == "running" || row.state == "rolling_back";
  }
  for (const auto& package : packages) {
    if (package.fits && std::ranges::find(history, package.id, &MigrationRow::version) == history.end())
      print_pending(package, terminal);
  }
  return open;
}

Result<void> print_health(Session& session, const std::string& url, Terminal& terminal) {
  FORGE_ASSIGN(const auto health, server_health(session, url));
  if (!terminal.json) {
    terminal.out << escape_control("health: " + health.text()) << "\n";
    return {};
  }
  Json json{{"version", 1}, {"type", "server"}};
  json.update(to_json(health));
  print(json, terminal);
  return {};
}

Result<int> status(const RunRequest& request, bool exit_code, Terminal& terminal) {
  FORGE_ASSIGN(const auto target, settle_target(request));
  const auto engine = engine_of_url(target.url);
  FORGE_ASSIGN(const auto client, client_of_engine(engine));
  FORGE_ASSIGN(const auto session, connect_for_journal(target.url));
  Journal journal(*session, client, 0);
  FORGE_ASSIGN(const bool there, journal.there());
  if (!there) terminal.err << "nothing has been run on this database\n";
  FORGE_ASSIGN(const bool open, print_all(journal, known_packages(target.config, engine, terminal), there, terminal));
  FORGE_TRY(print_health(*session, target.url, terminal));
  return exit_code && open ? kDifferent : 0;
}

// One question and its answer.
Result<bool> verify_one(Session& session, const Assertion& check, Terminal& terminal) {
  FORGE_ASSIGN(const auto found, asked(session, check.sql));
  const bool holds = found == check.expect;
  if (terminal.json) {
    terminal.out << Json{{"version", 1},    {"type", "check"}, {"title", check.title}, {"expected", check.expect},
                         {"actual", found}, {"holds", holds}}
                        .dump(-1, ' ', false, Json::error_handler_t::replace)
                 << "\n";
  } else {
    terminal.out << escape_control(fmt::format("{}  {}: expected {}, found {}", holds ? "ok    " : "FAILED",
                                               check.title, check.expect, found))
                 << "\n";
  }
  return holds;
}

// What the project's health checks say; how many of them are not well.
int verify_health(const RunTarget& target, Terminal& terminal) {
  int failed = 0;
  for (const auto& answer : ask_health(target.config.health_checks, target.url)) {
    failed += answer.well ? 0 : 1;
    if (terminal.json) {
      print({{"version", 1},
             {"type", "health"},
             {"name", answer.name},
             {"well", answer.well},
             {"ms", answer.ms},
             {"what", answer.what}},
            terminal);
      continue;
    }
    terminal.out << escape_control(fmt::format("{}  health check {}: {}", answer.well ? "ok    " : "FAILED",
                                               answer.name,
                                               answer.well ? fmt::format("{:.0f} ms", answer.ms) : answer.what))
                 << "\n";
  }
  return failed;
}

// What must hold where the plan stands: the checks after the last step that has run, and at its end those of the whole.
Result<std::vector<Assertion>> questions(const PlanFile& plan, Journal& journal) {
  std::vector<Assertion> out;
  FORGE_ASSIGN(const bool there, journal.there());
  std::map<int, StepRow> rows;
  if (there) {
    FORGE_ASSIGN(rows, journal.steps(plan.id));
  }
  int reached = 0;
  for (const auto& step : plan.steps) {
    if (rows[step.number].state == StepRow::State::done) reached = step.number;
  }
  if (reached == static_cast<int>(plan.steps.size())) return plan.final_checks;
  for (const auto& step : plan.steps) {
    if (step.number == reached) {
      out = step.checks_after;
      if (step.done && !step.done->sql.empty()) out.push_back(*step.done);
    }
  }
  return out;
}

Result<int> verify(const RunRequest& request, Terminal& terminal) {
  FORGE_ASSIGN(const auto target, settle_target(request));
  FORGE_ASSIGN(const auto folder, settle_package(request, target.config));
  FORGE_ASSIGN(const auto plan, read_plan_file(folder));
  FORGE_ASSIGN(const auto connections, connect(plan, target.url));
  Journal journal(connections.journal(), plan.client, 0);
  FORGE_ASSIGN(const auto checks, questions(plan, journal));
  int failed = 0;
  for (const auto& check : checks) {
    FORGE_ASSIGN(const bool holds, verify_one(*connections.work, check, terminal));
    failed += holds ? 0 : 1;
  }
  failed += verify_health(target, terminal);
  if (failed == 0) return 0;
  return fail(ErrorCode::database,
              fmt::format("{} of {} checks do not hold", failed, checks.size() + target.config.health_checks.size()));
}

}  // namespace

void add_status(CLI::App& app, Command& chosen) {
  auto request = std::make_shared<RunRequest>();
  auto exit_code = std::make_shared<bool>(false);
  auto* command = app.add_subcommand("status", "Tell what has been run on a database, and what is under way");
  command->add_option("--url", request->url, "The database: a URL, or env:NAME for the value of that variable");
  command->add_option("--env", request->environment, "One of the environments of forgelua.yml");
  command->add_flag("--exit-code", *exit_code, "Exit with 2 where a migration is under way");
  command->callback([&chosen, request, exit_code] {
    chosen = [request, exit_code](Terminal& terminal) { return status(*request, *exit_code, terminal); };
  });
}

void add_verify(CLI::App& app, Command& chosen) {
  auto request = std::make_shared<RunRequest>();
  auto* command = app.add_subcommand("verify", "Ask a database what must hold where a package stands");
  add_run_options(*command, *request, false);
  command->callback(
      [&chosen, request] { chosen = [request](Terminal& terminal) { return verify(*request, terminal); }; });
}

}  // namespace forge
