#include "engine/exec/step_runner.hpp"

#include <fmt/format.h>

#include "engine/exec/backfill.hpp"
#include "engine/exec/documents.hpp"
#include "engine/exec/fingerprint.hpp"
#include "engine/exec/ladder.hpp"

namespace forge {
namespace {

using State = StepRow::State;

// One way through a step.
class StepRun {
 public:
  StepRun(Running& run, const Step& step, Way way, StepRow& row) : run_(run), step_(step), way_(way), row_(row) {}

  Result<void> go() {
    FORGE_ASSIGN(units_, units_of(run_, step_, way_));
    const bool forward = way_ == Way::forward;
    const bool fresh = row_.state != under_way();
    if (forward && (fresh || row_.position == 0)) {
      FORGE_TRY(check_all(run_, step_, step_.checks_before, ErrorCode::partly));
    }
    if (fresh) {
      row_.position = 0;
      row_.print.clear();
      FORGE_TRY(note(under_way()));
    } else {
      FORGE_TRY(take_up());
    }
    while (row_.position < static_cast<int>(units_.size())) {
      if (run_.listener.stopping()) return fail(stopped_error(step_, "between two statements"));
      FORGE_TRY(run_.lock.renew());
      FORGE_TRY(unit(units_[static_cast<std::size_t>(row_.position)]));
    }
    if (forward) FORGE_TRY(check_after());
    row_.print.clear();
    return note(forward ? State::done : State::pending);
  }

 private:
  State under_way() const { return way_ == Way::forward ? State::running : State::undoing; }

  // Where rows were kept aside, whether all of them have been moved is known: it is told in place of being asked.
  Result<void> check_after() {
    auto checks = step_.checks_after;
    const auto is_comparison = [&](const Assertion& check) { return step_.work && check.sql == step_.work->verify; };
    if (run_.compared == step_.number) std::erase_if(checks, is_comparison);
    long aside = 0;
    if (step_.walk) {
      FORGE_ASSIGN(aside, rows_aside(run_, step_, *step_.walk));
    } else if (step_.work && run_.client().mongodb()) {
      FORGE_ASSIGN(aside, documents_aside(run_, step_));
    }
    if (aside > 0 && std::erase_if(checks, is_comparison) > 0) {
      run_.listener.tell(
          "rows_aside", {{"step", step_.number}, {"rows", aside}},
          fmt::format("step {}: {} rows are kept aside in forgelua_backfill_errors: mend them before the "
                      "old column or table goes",
                      step_.number, aside));
    }
    return check_all(run_, step_, checks, ErrorCode::partly);
  }

  Result<void> note(State state) {
    row_.state = state;
    return run_.journal.set_step(run_.plan.id, row_);
  }

  // What a unit that stood in no transaction of ours has come to.
  Result<void> take_up() {
    run_.listener.tell(
        "resumed", {{"step", step_.number}, {"done", row_.position}},
        fmt::format("step {}: goes on after {} of {} parts", step_.number, row_.position, units_.size()));
    FORGE_TRY(drop_invalid_indexes(run_, step_));
    // The checks behind it have stopped it: a loop changes only what is not yet as it should be, so it is gone through once more.
    const bool over = row_.position == static_cast<int>(units_.size());
    if (over && step_.work && run_.client().mongodb()) row_.position = 0;
    const bool walks = row_.position < static_cast<int>(units_.size()) &&
                       units_[static_cast<std::size_t>(row_.position)].kind == Unit::Kind::walk;
    if (!row_.print.empty() && !walks && !run_.client().mongodb()) {  // a walk notes there that its progress has begun
      FORGE_TRY(finish_detaching(run_, units_[static_cast<std::size_t>(row_.position)]));
      FORGE_ASSIGN(const auto print, fingerprint(run_, units_[static_cast<std::size_t>(row_.position)]));
      if (print != row_.print) ++row_.position;
      row_.print.clear();
      FORGE_TRY(note(under_way()));
    }
    return tell_session_again();
  }

  Result<void> tell_session_again() {
    bool locked = false;
    for (int i = 0; i < row_.position && i < static_cast<int>(units_.size()); ++i) {
      const auto& done = units_[static_cast<std::size_t>(i)];
      if (done.locks() || done.unlocks()) {
        locked = done.locks();
      } else if (done.of_session) {
        FORGE_TRY(run_.work.query(done.statements.front()));
      }
    }
    return locked ? lock_again() : Result<void>();
  }

  // Tables that were locked may bear other names by now: those that the rest of the step names are locked, under the names that
  // they have.
  Result<void> lock_again() {
    std::string rest;
    for (auto i = static_cast<std::size_t>(row_.position); i < units_.size() && !units_[i].unlocks(); ++i) {
      for (const auto& sql : units_[i].statements) rest += sql + "\n";
    }
    FORGE_ASSIGN(const auto tables,
                 run_.work.query("SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND "
                                 "TABLE_TYPE = 'BASE TABLE' ORDER BY 1"));
    std::string list;
    for (const auto& row : tables.rows) {
      const auto name = sql_name(run_.client(), QName{"", row.front().value_or("")});
      if (rest.find(name) != std::string::npos) list += (list.empty() ? "" : ", ") + name + " WRITE";
    }
    if (list.empty()) return {};
    FORGE_TRY(alone(run_, step_, "LOCK TABLES " + list));
    return replaces_triggers() ? carry_over(list) : Result<void>();
  }

  // Whether others take the place of triggers that go. Where none do, the old column goes with them, or comes: what it holds by then
  // leads nowhere.
  bool replaces_triggers() const {
    bool go = false, come = false;
    for (const auto& op : step_.ops) {
      const auto* sync = std::get_if<Delta<Sync>>(&op);
      go = go || (sync && sync->before);
      come = come || (sync && sync->after);
    }
    return go && come;
  }

  // A work before the step, or what the way back does behind it: that which fills columns of a locked table.
  const Work* filling(bool earlier, const std::string& locked) const {
    const Work* found = nullptr;
    for (const auto& other : run_.plan.steps) {
      const auto& work = earlier ? other.work : other.reverse_work;
      if (!work || work->kind != "backfill" || work->verify.empty() || (!earlier && found)) continue;
      const bool there = earlier ? other.number < step_.number : other.number > step_.number;
      if (there && locked.find(sql_name(run_.client(), work->table)) != std::string::npos) found = &*work;
    }
    return found;
  }

  // Between two of the step's statements triggers may have been gone. What was written meanwhile is carried over from the columns
  // that lead: the old ones up to the point where they change places, and the new ones behind it. Which side that is shows in the
  // names that the table's columns bear.
  Result<void> carry_over(const std::string& locked) {
    const bool forward = way_ == Way::forward;
    for (const bool earlier : {forward, !forward}) {
      const auto* work = filling(earlier, locked);
      if (!work) continue;
      const auto rows = run_.work.query(work->verify);
      if (!rows) continue;  // the columns bear other names
      const auto count = rows->rows.empty() ? std::string("0") : rows->rows.front().front().value_or("0");
      return count == "0" ? Result<void>() : carry_over(*work, count);
    }
    return {};
  }

  Result<void> carry_over(const Work& work, const std::string& count) {
    FORGE_TRY(run_.work.query("SET @forgelua_backfill = 1"));
    std::int64_t carried = 0;
    std::string why;
    for (const auto& one : work.set) {
      const auto to = sql_name(run_.client(), QName{"", one.to});
      const auto done = run_.work.query(fmt::format(
          "UPDATE {0} SET {1} = ({2}) WHERE NOT (CAST({1} AS BINARY) <=> CAST(({2}) AS BINARY)) AND ({2}) IS "
          "NOT NULL",
          sql_name(run_.client(), work.table), to, one.expr));
      if (!done && run_.work.failure() != Failure::row) return std::unexpected(done.error());
      if (done) {
        carried += done->affected;
      } else {
        why = ": " + done.error().message;
      }
    }
    FORGE_TRY(run_.work.query("SET @forgelua_backfill = NULL"));
    run_.listener.tell(
        "carried_over", {{"step", step_.number}, {"differed", count}, {"rows", carried}},
        fmt::format("step {}: of {} rows that differ, {} were written while no trigger carried them over: "
                    "that is made up for{}",
                    step_.number, count, carried, why));
    return {};
  }

  Result<void> unit(const Unit& unit) {
    if (unit.kind == Unit::Kind::walk) {
      const auto& walk = way_ == Way::forward ? *step_.walk : *step_.reverse_walk;
      const auto& work = way_ == Way::forward ? *step_.work : *step_.reverse_work;
      FORGE_TRY(move_rows(run_, step_, walk, work, row_));
      return next();
    }
    if (unit.kind == Unit::Kind::transaction) return transaction(unit.statements);
    return by_itself(unit);
  }

  Result<void> next() {
    ++row_.position;
    row_.print.clear();
    return note(under_way());
  }

  // The statements and their line in the journal are one transaction: all of it or nothing.
  Result<void> transaction(const std::vector<std::string>& statements) {
    StepRow after = row_;
    ++after.position;
    const auto body = [&]() -> Result<void> {
      for (const auto& sql : statements) FORGE_TRY(run_.work.query(sql));
      return run_.journal.set_step(run_.work, run_.plan.id, after);
    };
    FORGE_TRY(in_transaction(run_, step_, body));
    row_ = after;
    return {};
  }

  Result<void> by_itself(const Unit& unit) {
    if (unit.statements.size() == 1 && is_dml(unit.statements.front())) return transaction(unit.statements);
    if (!unit.again) {
      FORGE_TRY(drop_invalid_indexes(run_, step_));
      FORGE_ASSIGN(row_.print, fingerprint(run_, unit));
      FORGE_TRY(note(under_way()));
    }
    for (const auto& sql : unit.statements) {
      const bool loop = run_.client().mongodb() && is_document_loop(sql);
      if (loop) FORGE_TRY(move_documents(run_, step_, sql, row_));
      if (!loop) FORGE_TRY(alone(run_, step_, sql));
    }
    if (!unit.of_session) return next();
    ++row_.position;  // the session knows; the journal need not
    return {};
  }

  bool is_dml(const std::string& sql) const {
    if (run_.one_transaction()) return false;
    for (const std::string_view word :
         {"INSERT ", "UPDATE ", "DELETE ", "REPLACE ", "insert ", "update ", "delete ", "replace "}) {
      if (sql.starts_with(word)) return true;
    }
    return false;
  }

  Running& run_;
  const Step& step_;
  Way way_;
  StepRow& row_;
  std::vector<Unit> units_;
};

}  // namespace

Result<std::string> asked(Session& session, const std::string& sql) {
  FORGE_ASSIGN(const auto rows, session.query(sql));
  if (rows.rows.empty() || rows.rows.front().empty()) return std::string("(no row)");
  return rows.rows.front().front().value_or("NULL");
}

Result<void> check_all(Running& run, const Step& step, const std::vector<Assertion>& checks, ErrorCode code) {
  for (const auto& check : checks) {
    FORGE_ASSIGN(const auto found, asked(run.work, check.sql));
    if (found == check.expect) continue;
    Error error{
        code,
        fmt::format("step {}: check failed: {}: expected {}, found {}", step.number, check.title, check.expect, found),
        "mend what the check found; the same command goes on from here",
        {},
        check.sql,
        {}};
    return fail(std::move(error));
  }
  return {};
}

Result<void> run_step(Running& run, const Step& step, Way way, StepRow& row) {
  if (run.witness) FORGE_TRY(run.witness->begins(step, way, run.work));
  FORGE_TRY(StepRun(run, step, way, row).go());
  if (run.witness) FORGE_TRY(run.witness->ends(run.work));
  return {};
}

}  // namespace forge
