#include "engine/exec/ladder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

namespace forge {
namespace {

using namespace std::chrono_literals;

// One rung: so many attempts, with so long a wait for a lock, so far apart.
struct Rung {
  int attempts;
  int timeout_ms;  // 0: not at all (NOWAIT)
  std::chrono::milliseconds apart;
};
constexpr Rung kPostgres[] = {{200, 0, 50ms}, {60, 50, 450ms}, {60, 200, 2000ms}, {60, 1000, 5000ms}};
constexpr Rung kMariadb[] = {{200, 0, 50ms}, {30, 1000, 500ms}, {60, 2000, 5000ms}};
constexpr Rung kOthers[] = {{30, 1000, 500ms}, {60, 2000, 5000ms}};  // MySQL waits for whole seconds

enum class Ladder { postgres, mariadb, others };

// A statement that works for long before it asks for its last lock would have
// worked for nothing where it may not wait for that.
Ladder ladder_of(const Running& run, const Step& step) {
  if (run.client().postgres()) return Ladder::postgres;
  const bool brief = step.impact.brief && !step.impact.rewrite && !step.impact.scan && !step.work && !step.reverse_work;
  return run.work.engine() == "mariadb" && brief ? Ladder::mariadb : Ladder::others;
}

std::span<const Rung> rungs_of(Ladder ladder) {
  if (ladder == Ladder::postgres) return kPostgres;
  return ladder == Ladder::mariadb ? std::span<const Rung>(kMariadb) : std::span<const Rung>(kOthers);
}

// The rung of an attempt, counted from 0; null behind the last one.
const Rung* rung_of(Ladder ladder, int attempt) {
  for (const auto& rung : rungs_of(ladder)) {
    if (attempt < rung.attempts) return &rung;
    attempt -= rung.attempts;
  }
  return nullptr;
}

// Tables that a step's operations touch and that may stand before it, under
// both names.
std::set<std::string> tables_of(const Running& run, const Step& step) {
  std::set<std::string> out;
  for (const auto& op : step.ops) {
    for (const auto& name : {table_of(op), table_of(reverse(op))}) {
      if (!name.empty()) out.insert(sql_name(run.client(), name));
    }
  }
  return out;
}

// Those of them that are there and can be locked, in a fixed order. Errors: the
// server's.
Result<std::string> lock_statement(Running& run, const Step& step) {
  if (!run.client().postgres() || step.impact.lock.find(' ') == std::string::npos || step.impact.lock == "row locks")
    return std::string();
  std::string names;
  for (const auto& name : tables_of(run, step)) {
    FORGE_ASSIGN(const auto rows,
                 run.work.query(fmt::format("SELECT 1 FROM pg_class WHERE oid = to_regclass({}) AND relkind IN "
                                            "('r', 'p')",
                                            sql_literal(run.client(), name))));
    if (!rows.rows.empty()) names += (names.empty() ? "" : ", ") + name;
  }
  if (names.empty()) return std::string();
  return fmt::format("LOCK TABLE {} IN {} MODE NOWAIT", names, step.impact.lock);
}

bool known_mode(const std::string& lock) {
  static const std::set<std::string> kModes{"ACCESS EXCLUSIVE", "EXCLUSIVE", "SHARE ROW EXCLUSIVE", "SHARE",
                                            "SHARE UPDATE EXCLUSIVE"};
  return kModes.contains(lock);
}

Result<void> once(Running& run, const Step& step, const Rung& rung, const std::function<Result<void>()>& body) {
  FORGE_TRY(run.work.query(run.client().sqlite() ? "BEGIN IMMEDIATE" : "BEGIN"));
  if (run.client().postgres()) {
    FORGE_TRY(run.work.query(fmt::format("SET LOCAL lock_timeout = {}", rung.timeout_ms == 0 ? 50 : rung.timeout_ms)));
  }
  FORGE_TRY(run.journal.fence(run.work));
  if (run.witness) FORGE_TRY(run.witness->opened(run.work));
  if (!run.witness && rung.timeout_ms == 0 && known_mode(step.impact.lock)) {
    FORGE_ASSIGN(const auto lock, lock_statement(run, step));
    if (!lock.empty()) FORGE_TRY(run.work.query(lock));
  }
  FORGE_TRY(body());
  if (run.witness) FORGE_TRY(run.witness->closing(run.work));
  const auto begin = std::chrono::steady_clock::now();
  FORGE_TRY(run.work.query("COMMIT"));
  run.commit_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  return {};
}

// Sessions that hold one of the step's tables, by what they have held it since;
// none where the server does not tell.
std::set<std::string> holders_of(Running& run, const Step& step) {
  std::string names;
  for (const auto& op : step.ops) {
    for (const auto& name : {table_of(op), table_of(reverse(op))}) {
      if (!name.empty()) names += (names.empty() ? "" : ", ") + sql_literal(run.client(), name.name);
    }
  }
  std::set<std::string> out;
  if (names.empty()) return out;
  const auto rows =
      run.work.query(fmt::format("SELECT CONCAT_WS('.', OWNER_THREAD_ID, OWNER_EVENT_ID, "
                                 "OBJECT_NAME) FROM performance_schema.metadata_locks WHERE "
                                 "OBJECT_TYPE = 'TABLE' AND OBJECT_SCHEMA = DATABASE() AND "
                                 "OBJECT_NAME IN ({}) AND LOCK_STATUS = 'GRANTED' AND "
                                 "OWNER_THREAD_ID <> PS_CURRENT_THREAD_ID()",
                                 names));
  for (const auto& row : rows ? rows->rows : Rows{}.rows) out.insert(row.front().value_or(""));
  return out;
}

// MySQL cannot be asked for a lock without waiting, and all statements of the
// application would wait behind ours: so it is not asked while somebody holds a
// table for longer than a moment, for a while.
void wait_for_holders(Running& run, const Step& step) {
  constexpr int kLooks = 200;
  for (int look = 0; look < kLooks && !run.listener.stopping(); ++look) {
    const auto before = holders_of(run, step);
    if (before.empty()) return;
    std::this_thread::sleep_for(20ms);
    const auto now = holders_of(run, step);
    if (!std::ranges::any_of(before, [&](const std::string& one) { return now.contains(one); })) return;
    if (look == 0) {
      run.listener.tell("lock_held", {{"step", step.number}, {"holders", before.size()}},
                        fmt::format("step {}: its table is held by somebody; "
                                    "it is not asked for meanwhile",
                                    step.number));
    }
    std::this_thread::sleep_for(50ms);
  }
}

bool locks_tables(const std::string& sql) {
  return std::ranges::any_of(
      std::vector<std::string_view>{"ALTER ", "LOCK TABLE", "RENAME ", "DROP T", "CREATE TRIGGER"},
      [&](std::string_view word) { return sql.starts_with(word); });
}

bool worth_another(Failure failure) { return failure == Failure::lock || failure == Failure::retry; }

void tell_attempt(Running& run, const Step& step, int attempt, const std::string& why) {
  // A person is told at the start and then every few seconds.
  const bool people = attempt == 1 || attempt % 50 == 0;
  run.listener.tell(
      "lock_attempt", {{"step", step.number}, {"attempt", attempt}, {"why", why}},
      people ? fmt::format("step {}: attempt {} did not get its lock: {}", step.number, attempt, why) : "");
}

Error given_up(Error error, const Step& step, int attempts) {
  error.notes.push_back(
      fmt::format("step {} asked for its lock {} times; what holds it runs for too long", step.number, attempts));
  error.hint =
      "end the long transactions on its tables, or come back at a "
      "quieter time; the same command goes on";
  return error;
}

// Tries until it works, may not be tried again, or the ladder ends.
Result<void> climb(Running& run, const Step& step, const std::function<Result<void>(const Rung&)>& once_more,
                   const std::function<void()>& undo) {
  const auto ladder = ladder_of(run, step);
  for (int attempt = 0;; ++attempt) {
    const Rung* rung = rung_of(ladder, attempt);
    auto done = once_more(*rung);
    if (done) return done;
    const auto failure = run.work.failure();
    const bool ours = done.error().code == ErrorCode::database;
    undo();
    if (!ours || !worth_another(failure)) return done;
    if (!rung_of(ladder, attempt + 1)) return fail(given_up(std::move(done.error()), step, attempt + 1));
    tell_attempt(run, step, attempt + 1, done.error().message);
    if (run.listener.stopping()) return fail(stopped_error(step, "while it waited for a lock"));
    std::this_thread::sleep_for(rung->apart);
  }
}

}  // namespace

Error stopped_error(const Step& step, const std::string& where) {
  return {ErrorCode::partly,
          fmt::format("stopped at step {}, {}: {}", step.number, where, step.title),
          "nothing is half done; the same command goes on from here",
          {},
          {},
          {}};
}

Result<void> in_transaction(Running& run, const Step& step, const std::function<Result<void>()>& body) {
  return climb(
      run, step, [&](const Rung& rung) { return once(run, step, rung, body); },
      [&] { (void)run.work.query("ROLLBACK"); });
}

Result<long> alone(Running& run, const Step& step, const std::string& sql) {
  const auto watched = run.witness ? run.witness->watch() : nullptr;
  long affected = 0;
  const auto act = [&]() -> Result<void> {
    FORGE_ASSIGN(const auto rows, run.work.query(sql));
    affected = static_cast<long>(rows.affected);
    return {};
  };
  if (run.client().postgres()) {
    FORGE_TRY(run.work.query("SET lock_timeout = 0"));
    FORGE_TRY(act());
    return affected;
  }
  auto done = climb(
      run, step,
      [&](const Rung& rung) -> Result<void> {
        if (run.client().mysql()) {
          if (!run.witness && run.work.engine() == "mysql" && locks_tables(sql)) wait_for_holders(run, step);
          FORGE_TRY(run.work.query(fmt::format("SET SESSION lock_wait_timeout = {}", rung.timeout_ms / 1000)));
        }
        FORGE_TRY(act());
        // What is only read later waits as ever.
        if (run.client().mysql() && rung.timeout_ms == 0)
          FORGE_TRY(run.work.query("SET SESSION lock_wait_timeout = 1"));
        return {};
      },
      [] {});
  if (!done) return fail(std::move(done.error()));
  return affected;
}

}  // namespace forge
