#include "engine/exec/apply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <set>
#include <thread>

#include "engine/emit/way_back_questions.hpp"
#include "engine/exec/fingerprint.hpp"
#include "engine/exec/step_runner.hpp"

namespace forge {
namespace {

using Clock = std::chrono::steady_clock;
using State = StepRow::State;

std::string time_text(long seconds) {
  constexpr long kHour = 3600, kDay = 24 * kHour;
  if (seconds >= 2 * kDay) return fmt::format("{} days", seconds / kDay);
  if (seconds >= 2 * kHour) return fmt::format("{} hours", seconds / kHour);
  return seconds >= 120 ? fmt::format("{} minutes", seconds / 60) : fmt::format("{} s", seconds);
}

// Does contract wait for the bake time there? Everywhere but in development and staging: what else an environment may be called, an
// application runs there.
bool bakes(std::string_view environment) { return environment != "development" && environment != "staging"; }

// One command on one plan, under the runner's lock.
class PlanRun {
 public:
  PlanRun(const PlanFile& plan, Connections& connections, Listener& listener, const RunOptions& options,
          RunnerLock lock)
      : plan_(plan),
        options_(options),
        lock_(std::move(lock)),
        journal_(connections.journal(), plan.client, lock_.epoch()),
        run_{plan,           *connections.work,          journal_,       lock_, listener, options.skip_bad_rows,
             options.limits, [this] { return go_on(); }, options.witness} {}

  Result<RunResult> forward() {
    auto done = whole_way_forward();
    if (done && done->steps > 0) done = watched_on(*done);
    const bool asked_back = !done && options_.watch && options_.watch->asks_back();
    if (!done && (asked_back || (options_.back_on_failure && failed_))) done = undo_run(std::move(done.error()));
    lock_.release();
    return done;
  }
  Result<RunResult> back() {
    auto done = whole_way_back();
    lock_.release();
    return done;
  }

 private:
  // Whether the next step or batch may begin. The way back is never held up by it.
  Result<void> go_on() {
    if (undoing_) return {};
    if (options_.may_go_on) FORGE_TRY(options_.may_go_on());
    if (options_.watch) FORGE_TRY(options_.watch->look());
    return {};
  }

  // What only shows once applications have met the last step. Whoever asks the run to stop ends the looking, and no more.
  Result<RunResult> watched_on(RunResult done) {
    if (!options_.watch || options_.watch_afterwards.count() == 0) return done;
    run_.listener.tell("watching", {{"seconds", options_.watch_afterwards.count()}},
                       fmt::format("  watches for {}", time_text(options_.watch_afterwards.count())));
    const auto end = Clock::now() + options_.watch_afterwards;
    while (Clock::now() < end && !run_.listener.stopping()) {
      if (auto well = options_.watch->look(); !well) {
        well.error().notes.emplace_back("what was to be run has run");
        return fail(std::move(well.error()));
      }
      FORGE_TRY(lock_.renew());
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    return done;
  }

  StepRow& row(const Step& step) { return rows_[step.number]; }
  bool begun() const {
    return std::ranges::any_of(rows_, [](const auto& entry) { return entry.second.state != State::pending; });
  }

  // What the journal holds of the plan; it must be of this very plan once a step has been begun.
  Result<std::optional<MigrationRow>> load() {
    FORGE_ASSIGN(auto found, journal_.find(plan_.id));
    FORGE_ASSIGN(rows_, journal_.steps(plan_.id));
    for (const auto& step : plan_.steps) rows_[step.number].number = step.number;
    if (found && begun() && found->checksum != plan_.hash) {
      return fail(ErrorCode::refused,
                  fmt::format("another plan of the id '{}' has been begun on this database: its hash is {}", plan_.id,
                              found->checksum),
                  "go on with the package that was begun, or roll that one back first");
    }
    return found;
  }

  Result<void> start(const std::optional<MigrationRow>& found) {
    if (!begun()) {
      if (options_.check_source) FORGE_TRY(options_.check_source());
      FORGE_TRY(ask_first());
      return journal_.begin(plan_, runner_name());
    }
    const bool back =
        std::ranges::any_of(rows_, [](const auto& entry) { return entry.second.state == State::undoing; });
    if (!back && found && found->state != "rolling_back") return {};
    return fail(ErrorCode::refused, fmt::format("a rollback of '{}' has been begun and is not at its end", plan_.id),
                "forgelua rollback goes on with it");
  }

  // What the steps take for granted of the documents that stand; of rows the questions about the data say more.
  Result<void> ask_first() {
    if (!plan_.client.mongodb()) return {};
    for (const auto& step : plan_.steps) FORGE_TRY(check_all(run_, step, step.checks_first, ErrorCode::refused));
    return {};
  }

  Result<RunResult> whole_way_forward() {
    FORGE_ASSIGN(const auto found, load());
    if (has_to_do()) FORGE_TRY(healthy());
    FORGE_TRY(start(found));
    RunResult out;
    const Step* last = nullptr;
    for (const auto& step : plan_.steps) {
      if (options_.to && step.phase > *options_.to) break;
      if (row(step).state != State::done) {
        FORGE_TRY(go_on());
        if (out.steps > 0 && last->phase != step.phase) FORGE_TRY(healthy());
        FORGE_TRY(may_begin(step, last));
        FORGE_TRY(may_destroy(step));
        FORGE_TRY(carry_out(step, Way::forward, out));
      }
      last = &step;
    }
    out.whole = last == &plan_.steps.back();
    FORGE_TRY(journal_.set_state(plan_.id, out.whole ? "applied" : "running", spent()));
    return out;
  }

  bool has_to_do() {
    return std::ranges::any_of(plan_.steps, [&](const Step& step) {
      return row(step).state != State::done && (!options_.to || step.phase <= *options_.to);
    });
  }

  Result<void> healthy() const {
    if (!options_.healthy) return {};
    auto done = options_.healthy();
    if (!done && begun()) done.error().code = ErrorCode::partly;
    return done;
  }

  // Between phases: what is due of the application, and the time that contract waits for.
  Result<void> may_begin(const Step& step, const Step* last) {
    if (!last || last->phase == step.phase || row(step).state == State::running) return {};
    if (step.phase == Phase::contract && bakes(plan_.environment)) FORGE_TRY(baked(*last));
    if (!options_.gate) return {};
    std::vector<std::string> due;
    for (const auto& one : plan_.steps) {
      if (one.phase == last->phase && !one.app.empty()) due.push_back(one.app);
    }
    if (options_.gate(step.phase, due)) return {};
    return fail(ErrorCode::partly, fmt::format("stopped before the phase {}", word_of(step.phase)),
                "the same command goes on from there");
  }

  // A step that destroys is asked for before the phase that leads to it is begun: the dual-write ends just before it.
  Result<void> may_destroy(const Step& next) {
    if (!options_.may_destroy) return {};
    for (const auto& step : plan_.steps) {
      const bool ahead = step.phase == next.phase && step.number >= next.number;
      if (ahead && !step.loses_forward.empty() && row(step).state != State::done) return options_.may_destroy(step);
    }
    return {};
  }

  Result<void> baked(const Step& last) {
    FORGE_ASSIGN(const long needed, seconds_of(plan_.bake));
    FORGE_ASSIGN(const auto now, journal_.steps(plan_.id));
    const auto found = now.find(last.number);
    const long passed = found == now.end() ? 0 : found->second.finished_ago;
    if (passed >= needed) return {};
    return fail(ErrorCode::refused,
                fmt::format("contract waits until the phase {} has stood for {}: {} to go", word_of(last.phase),
                            plan_.bake, time_text(needed - passed)),
                "run the same command again then; --to " + std::string(word_of(last.phase)) + " asks for nothing more");
  }

  Result<void> carry_out(const Step& step, Way way, RunResult& out) {
    const bool forward = way == Way::forward;
    const auto begin = Clock::now();
    const Json details{{"step", step.number},
                       {"id", step.id},
                       {"phase", word_of(step.phase)},
                       {"direction", forward ? "forward" : "backward"}};
    run_.listener.tell("step", details,
                       fmt::format("{}{} of {}, {}: {}", forward ? "step " : "undo step ", step.number,
                                   plan_.steps.size(), word_of(step.phase), step.title));
    if (forward) carried_.insert(step.number);
    auto done = run_step(run_, step, way, row(step));
    if (!done) {
      failed_ = forward && !run_.held && !run_.listener.stopping() && done.error().code != ErrorCode::locked &&
                run_.work.failure() != Failure::gone;
      Error error = std::move(done.error());
      if (error.code != ErrorCode::locked) error.code = ErrorCode::partly;
      error.notes.push_back(fmt::format("at {}step {} of {}: {}", forward ? "" : "the way back of ", step.number,
                                        plan_.steps.size(), step.title));
      if (error.hint.empty()) error.hint = "mend what stopped it; the same command goes on from here";
      return fail(std::move(error));
    }
    Json ended = details;
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    ++out.steps;
    out.seconds[step.number] = seconds;
    ended["seconds"] = seconds;
    run_.listener.tell("step_done", ended, "");
    if (forward && !step.app.empty())
      run_.listener.tell("application", {{"step", step.number}, {"due", step.app}}, "  application: " + step.app);
    return {};
  }

  Result<RunResult> whole_way_back() {
    FORGE_ASSIGN(const auto found, load());
    if (!found)
      return fail(ErrorCode::refused, fmt::format("nothing of '{}' has been carried out on this database", plan_.id));
    if (!begun()) {  // another run may have ended between its last step and this line
      if (found->state != "rolled_back") FORGE_TRY(journal_.set_state(plan_.id, "rolled_back", spent()));
      return RunResult{0, {}, true};
    }
    return undo();
  }

  // Whether the way back is about a step that stands.
  bool to_be_undone(const Step& step) {
    if (row(step).state == State::pending) return false;
    return undoing_ ? carried_.contains(step.number) : !options_.to || step.phase >= *options_.to;
  }

  // What this run did is undone where its last step failed; what earlier ones did stays.
  Result<RunResult> undo_run(Error why) {
    undoing_ = true;
    run_.listener.tell("rolling_back", {{"why", why.message}}, why.message + ": what this run has done is undone");
    const auto undone = undo();
    if (undone) {
      why.notes.push_back(fmt::format("the {} steps of it that this run had carried out are undone", undone->steps));
      if (undone->whole) why.code = ErrorCode::database;
    } else {
      why.notes.push_back("the way back did not come to its end either: " + undone.error().message);
    }
    return fail(std::move(why));
  }

  Result<RunResult> undo() {
    FORGE_TRY(end_what_is_open());
    FORGE_TRY(ask_before_way_back());
    FORGE_TRY(journal_.set_state(plan_.id, "rolling_back", 0));
    RunResult out;
    for (const auto& step : plan_.steps | std::views::reverse) {
      if (!to_be_undone(step)) continue;
      FORGE_TRY(carry_out(step, Way::backward, out));
    }
    out.whole = !begun();
    FORGE_TRY(journal_.set_state(plan_.id, out.whole ? "rolled_back" : "running", spent()));
    return out;
  }

  // A step that was broken off on its way forward is brought to its end, so that it can be undone whole, unless nothing of it
  // stands: then it has not been begun. Rows that were moved need no more of them moved before the way back.
  Result<void> end_what_is_open() {
    for (const auto& step : plan_.steps) {
      auto& state = row(step);
      if (state.state != State::running) continue;
      FORGE_ASSIGN(const auto units, units_of(run_, step, Way::forward));
      FORGE_TRY(drop_invalid_indexes(run_, step));
      bool untouched = state.position == 0 && (units.empty() || units.front().kind == Unit::Kind::transaction);
      if (state.position == 0 && !state.print.empty() && !step.work) {
        FORGE_ASSIGN(const auto print, fingerprint(run_, units.front()));
        untouched = print == state.print;
      }
      if (untouched) {
        state = StepRow{step.number, State::pending, 0, {}, {}, 0};
      } else if (step.work && units.size() == 1) {
        state = StepRow{step.number, State::done, 1, {}, {}, 0};
      } else {
        RunResult none;
        FORGE_TRY(carry_out(step, Way::forward, none));
      }
      FORGE_TRY(journal_.set_step(plan_.id, state));
    }
    return {};
  }

  // What only the new schema accepts would stop the way back half way: it is asked for before anything is undone.
  Result<void> ask_before_way_back() {
    if (std::ranges::any_of(rows_, [](const auto& entry) { return entry.second.state == State::undoing; })) return {};
    std::vector<const Step*> undone;
    for (const auto& step : plan_.steps | std::views::reverse) {
      if (to_be_undone(step)) undone.push_back(&step);
    }
    if (undone.empty()) return {};
    if (plan_.client.mongodb()) {
      for (const Step* step : undone) FORGE_TRY(check_all(run_, *step, step->checks_back, ErrorCode::refused));
      return {};
    }
    return check_all(run_, *undone.front(), way_back_questions(plan_.client, undone), ErrorCode::refused);
  }

  long spent() const { return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin_).count(); }

  const PlanFile& plan_;
  const RunOptions& options_;
  RunnerLock lock_;
  Journal journal_;
  Running run_;
  std::map<int, StepRow> rows_;
  std::set<int> carried_;  // by this run, the one that failed too
  bool failed_ = false;
  bool undoing_ = false;  // what this run has carried out, by itself
  Clock::time_point begin_ = Clock::now();
};

}  // namespace

Result<RunResult> apply_plan(const PlanFile& plan, Connections& connections, Listener& listener,
                             const RunOptions& options) {
  FORGE_ASSIGN(auto lock,
               RunnerLock::take(*connections.work, connections.pulse.get(), plan.client, options.wait, listener));
  return PlanRun(plan, connections, listener, options, std::move(lock)).forward();
}

Result<RunResult> roll_back_plan(const PlanFile& plan, Connections& connections, Listener& listener,
                                 const RunOptions& options) {
  FORGE_ASSIGN(auto lock,
               RunnerLock::take(*connections.work, connections.pulse.get(), plan.client, options.wait, listener));
  return PlanRun(plan, connections, listener, options, std::move(lock)).back();
}

}  // namespace forge
