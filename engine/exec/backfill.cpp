#include "engine/exec/backfill.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "engine/exec/ladder.hpp"
#include "engine/exec/rhythm.hpp"

namespace forge {
namespace {

using Clock = std::chrono::steady_clock;
using Values = std::map<std::string, std::string>;  // SQL literals by the names of gaps
using Key = std::vector<std::string>;               // literals; empty: none

constexpr int kPasses = 3;                      // more over what an earlier one has left
constexpr std::string_view kBegun = "walking";  // in the step's row: the line of progress is this run's own

std::string filled(const Gapped& gapped, const Values& values) {
  std::string out;
  for (std::size_t i = 0; i < gapped.size(); ++i) {
    if (i % 2 == 0) {
      out += gapped[i];
    } else {
      const auto found = values.find(gapped[i]);
      out += found == values.end() ? "NULL" : found->second;
    }
  }
  return out;
}

void put(Values& values, const std::string& prefix, const Key& key) {
  for (std::size_t i = 0; i < key.size(); ++i) values[prefix + std::to_string(i + 1)] = key[i];
}

double milliseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

class Mover {
 public:
  Mover(Running& run, const Step& step, const Walk& walk, const Work& work, StepRow& row)
      : run_(run),
        step_(step),
        walk_(walk),
        work_(work),
        row_(row),
        rhythm_(run, step, {work.batch_rows, work.pause_ms, work.rows}) {}

  Result<void> go() {
    FORGE_TRY(all(walk_.open));
    FORGE_TRY(settle_progress());
    FORGE_TRY(pass());
    FORGE_TRY(make_sure());
    FORGE_TRY(run_.work.query(walk_.finish));
    return all(walk_.close);
  }

 private:
  Result<void> all(const std::vector<std::string>& statements) {
    for (const auto& sql : statements) FORGE_TRY(run_.work.query(sql));
    return {};
  }

  // The line of progress is this run's own, or from the run that this one goes on with.
  Result<void> settle_progress() {
    if (row_.print != kBegun) {
      FORGE_TRY(all(walk_.forget));
      FORGE_TRY(all(walk_.ensure));
      row_.print = kBegun;
      return run_.journal.set_step(run_.plan.id, row_);
    }
    return all(walk_.ensure);
  }

  Result<void> pass() {
    if (walk_.keys == 0) return batch({}, {});
    Key done;
    if (!walk_.resume.empty()) {
      FORGE_ASSIGN(done, key(walk_.resume));
    }
    return along(std::move(done), [this](const Key& lo, const Key& hi) { return batch(lo, hi); });
  }

  // Behind the last batch: is every row as it should be? What is not, as a row whose key changed meanwhile and took it past the batches,
  // is moved once more; what does not get right by this is for the step's checks to report.
  Result<void> make_sure() {
    FORGE_ASSIGN(const long aside, rows_aside(run_, step_, walk_));
    if (aside > 0 || work_.verify.empty()) return {};
    return walk_.compare.empty() ? pass_again() : compare();
  }

  Result<void> pass_again() {
    for (int again = 0; again < kPasses; ++again) {
      FORGE_ASSIGN(const long left, count(work_.verify));
      if (left == 0) {
        run_.compared = step_.number;
        return {};
      }
      tell_wrong(left);
      row_.print.clear();
      FORGE_TRY(settle_progress());
      FORGE_TRY(pass());
    }
    return {};
  }

  // Range by range, so that no query reads the whole table; at the pace of batches.
  Result<void> compare() {
    long left = 0;
    const auto body = [&](const Key& lo, const Key& hi) -> Result<void> {
      FORGE_ASSIGN(const long wrong, compare(lo, hi));
      left += wrong;
      return {};
    };
    FORGE_TRY(along({}, body));
    if (left == 0) run_.compared = step_.number;
    return {};
  }

  // How many rows of a range stay as they should not be.
  Result<long> compare(const Key& lo, const Key& hi) {
    Values values;
    put(values, "lo", lo);
    put(values, "hi", hi);
    const auto sql = filled(lo.empty() ? walk_.compare : walk_.compare_after, values);
    const auto begin = Clock::now();
    FORGE_ASSIGN(long wrong, count(sql));
    rhythm_.follow_time(milliseconds_since(begin));
    if (wrong > 0) tell_wrong(wrong);
    for (int again = 0; again < kPasses && wrong > 0; ++again) {
      FORGE_TRY(batch(lo, hi));
      FORGE_ASSIGN(wrong, count(sql));
    }
    FORGE_TRY(run_.lock.renew());
    return wrong;
  }

  void tell_wrong(long rows) {
    run_.listener.tell(
        "again", {{"step", step_.number}, {"rows", rows}},
        fmt::format("step {}: {} rows are not as they should be: they are moved once more", step_.number, rows));
  }

  Result<long> count(const std::string& sql) {
    FORGE_ASSIGN(const auto rows, run_.work.query(sql));
    return rows.rows.empty() ? 0 : std::strtol(rows.rows.front().front().value_or("0").c_str(), nullptr, 10);
  }

  Result<Key> key(const std::string& sql) {
    FORGE_ASSIGN(const auto rows, run_.work.query(sql));
    Key out;
    if (rows.rows.empty()) return out;
    for (const auto& cell : rows.rows.front()) {
      if (!cell) return Key{};
      out.push_back(*cell);
    }
    return out;
  }

  // Range after range of the key, behind `lo`, each of as many rows as a batch takes; the last one of what is left.
  template <class Body>
  Result<void> along(Key lo, Body body) {
    FORGE_ASSIGN(const Key last, key(walk_.last));
    while (!last.empty() && lo != last) {
      FORGE_TRY(rhythm_.hold());
      Values values{{"rows", std::to_string(rhythm_.rows())}, {"others", std::to_string(rhythm_.rows() - 1)}};
      put(values, "lo", lo);
      put(values, "last", last);
      FORGE_ASSIGN(Key hi, key(filled(lo.empty() ? walk_.upper : walk_.upper_after, values)));
      if (hi.empty()) hi = last;
      if (!lo.empty()) rhythm_.pause();  // it stands between batches: none after the last
      FORGE_TRY(body(lo, hi));
      lo = std::move(hi);
    }
    return {};
  }

  Result<void> batch(const Key& lo, const Key& hi) {
    Values values;
    put(values, "lo", lo);
    put(values, "hi", hi);
    const auto begin = Clock::now();
    long moved = 0, bad = 0;
    auto done = transaction(
        [&]() -> Result<void> {
          FORGE_ASSIGN(const auto result, run_.work.query(filled(lo.empty() ? walk_.move : walk_.move_after, values)));
          moved = result.affected;
          return {};
        },
        values, moved, bad);
    if (!done && done.error().code == ErrorCode::database && run_.work.failure() == Failure::row) {
      FORGE_TRY(row_by_row(values, lo.empty(), std::move(done.error())));
    } else if (!done) {
      return done;
    }
    rhythm_.follow(milliseconds_since(begin), moved);
    return run_.lock.renew();
  }

  // A batch, its checkpoint and the proof that this runner is still the one: all of it or nothing.
  template <class Body>
  Result<void> transaction(Body body, Values& values, long& moved, long& bad) {
    return in_transaction(run_, step_, [&]() -> Result<void> {
      moved = bad = 0;
      FORGE_TRY(all(walk_.begin));
      FORGE_TRY(body());
      values["moved"] = std::to_string(moved);
      values["bad"] = std::to_string(bad);
      FORGE_TRY(run_.work.query(filled(walk_.checkpoint, values)));
      return all(walk_.end);
    });
  }

  // One row of the batch cannot be converted or held: which one is found, and it stops the work or is kept aside.
  Result<void> row_by_row(Values& values, bool first, Error why) {
    if (walk_.log_row.empty() || !run_.skip_bad_rows) return name_row(values, first, std::move(why));
    long moved = 0, bad = 0;
    auto done = transaction(
        [&]() -> Result<void> {
          FORGE_ASSIGN(const auto rows, run_.work.query(filled(first ? walk_.list : walk_.list_after, values)));
          for (const auto& row : rows.rows) FORGE_TRY(one_row(key_of(row), moved, bad));
          return {};
        },
        values, moved, bad);
    if (!done) return done;
    rhythm_.add(moved);
    run_.listener.tell("bad_rows", {{"step", step_.number}, {"rows", bad}},
                       fmt::format("step {}: {} rows could not be carried over; forgelua_backfill_errors holds them",
                                   step_.number, bad));
    return {};
  }

  static Key key_of(const std::vector<std::optional<std::string>>& row) {
    Key out;
    for (const auto& cell : row) out.push_back(cell.value_or("NULL"));
    return out;
  }

  Result<void> one_row(const Key& key, long& moved, long& bad) {
    Values values;
    put(values, "key", key);
    FORGE_TRY(run_.work.query("SAVEPOINT forgelua_row"));
    auto done = run_.work.query(filled(walk_.move_row, values));
    if (done) {
      moved += done->affected;
      FORGE_TRY(run_.work.query("RELEASE SAVEPOINT forgelua_row"));
      return {};
    }
    if (run_.work.failure() != Failure::row) return std::unexpected(done.error());
    FORGE_TRY(run_.work.query("ROLLBACK TO SAVEPOINT forgelua_row"));
    ++bad;
    values["message"] = sql_literal(run_.client(), done.error().message);
    values["code"] = sql_literal(run_.client(), "row");
    FORGE_TRY(run_.work.query(filled(walk_.log_row, values)));
    return {};
  }

  // Tries the batch's rows one by one, keeps nothing, and says which of them does not go.
  Result<void> name_row(const Values& values, bool first, Error why) {
    why.code = ErrorCode::partly;
    why.hint = "mend the row and run the same command again, or give --skip-bad-rows to keep such rows aside";
    if (walk_.list.empty() || !run_.work.query(run_.client().sqlite() ? "BEGIN IMMEDIATE" : "BEGIN"))
      return fail(std::move(why));
    const auto rows = run_.work.query(filled(first ? walk_.list : walk_.list_after, values));
    auto begun = all(walk_.begin);
    for (std::size_t i = 0; rows && begun && i < rows->rows.size(); ++i) {
      Values one;
      const Key at = key_of(rows->rows[i]);
      put(one, "key", at);
      if (run_.work.query(filled(walk_.move_row, one))) continue;
      std::string shown;
      for (const auto& part : at) shown += (shown.empty() ? "" : ", ") + part;
      why.notes.push_back(
          fmt::format("the row of {} with the key {} cannot be carried over", display(work_.table), shown));
      break;
    }
    (void)run_.work.query("ROLLBACK");
    return fail(std::move(why));
  }

  Running& run_;
  const Step& step_;
  const Walk& walk_;
  const Work& work_;
  StepRow& row_;
  Rhythm rhythm_;
};

}  // namespace

Result<long> rows_aside(Running& run, const Step& step, const Walk& walk) {
  if (walk.log_row.empty()) return 0;
  const auto* columns = run.client().postgres() ? "bad_rows FROM forgelua_backfill_progress WHERE id"
                                                : "rows_skipped FROM forgelua_backfill_progress WHERE step";
  FORGE_ASSIGN(const auto rows,
               run.work.query(fmt::format("SELECT {} = {}", columns, sql_literal(run.client(), step.id))));
  return rows.rows.empty() ? 0 : std::strtol(rows.rows.front().front().value_or("0").c_str(), nullptr, 10);
}

Result<void> move_rows(Running& run, const Step& step, const Walk& walk, const Work& work, StepRow& row) {
  return Mover(run, step, walk, work, row).go();
}

}  // namespace forge
