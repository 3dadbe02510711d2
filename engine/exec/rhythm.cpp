#include "engine/exec/rhythm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <thread>

namespace forge {
namespace {

using Clock = std::chrono::steady_clock;

// An application's statement waits where it meets a row of the batch. One that holds half a percent of the rows at a time lets 99 of
// 100 random ones pass, whatever a batch takes; below a thousand rows what a batch costs in itself would tell.
constexpr std::int64_t kShares = 200, kFewRows = 1000;

constexpr auto kPatience = std::chrono::milliseconds(500);  // between two looks at what holds batches back

}  // namespace

Rhythm::Rhythm(Running& run, const Step& step, Planned planned)
    : run_(run),
      step_(step),
      pace_(run.work, run.client(), run.limits),
      planned_(planned),
      rows_(std::max(planned.rows, kLeastRows)) {}

Result<void> Rhythm::hold() {
  run_.held = true;
  const auto begin = Clock::now();
  for (std::string told;;) {
    if (run_.listener.stopping()) return fail(stopped_error(step_, fmt::format("after {} rows", done_)));
    if (run_.may_go_on) FORGE_TRY(run_.may_go_on());
    FORGE_ASSIGN(said_, pace_.said());
    const auto why = said_.paused ? std::string("forgelua backfill pause was said") : pace_.too_high(run_.commit_ms);
    run_.commit_ms = 0;  // known anew by the next batch
    if (why.empty()) break;
    if (told != why) {
      run_.listener.tell("waiting", {{"step", step_.number}, {"for", why}}, fmt::format("  waits: {}", why));
      told = why;
    }
    if (!said_.paused && Clock::now() - begin > std::chrono::seconds(run_.limits.wait_seconds)) return waited(why);
    FORGE_TRY(run_.lock.renew());
    std::this_thread::sleep_for(kPatience);
  }
  rows_ = std::min(rows_, most_rows());
  run_.held = false;
  return {};
}

std::int64_t Rhythm::most_rows() const {
  if (said_.most_rows > 0) return said_.most_rows;
  return planned_.all > 0 ? std::clamp(planned_.all / kShares, kFewRows, kMostRows) : kMostRows;
}

Result<void> Rhythm::waited(const std::string& why) const {
  return fail(ErrorCode::partly, fmt::format("waited for {} s: {}", run_.limits.wait_seconds, why),
              "the same command goes on when the server bears it");
}

// The plan's pause belongs to a batch of the plan's size: one of fewer rows rests less.
void Rhythm::pause() const {
  const double share =
      std::min(1.0, static_cast<double>(rows_) / static_cast<double>(std::max<std::int64_t>(planned_.rows, 1)));
  const auto own = std::llround(static_cast<double>(planned_.pause_ms) * share);
  std::this_thread::sleep_for(std::chrono::milliseconds(said_.pause_ms < 0 ? own : said_.pause_ms));
}

void Rhythm::follow(double milliseconds, long moved) {
  done_ += moved;
  follow_time(milliseconds);
  const double seconds = std::chrono::duration<double>(Clock::now() - begun_).count();
  run_.listener.rows(step_.title, done_, planned_.all, seconds > 0 ? static_cast<double>(done_) / seconds : 0);
}

void Rhythm::follow_time(double milliseconds) {
  const double target = said_.target_ms > 0 ? static_cast<double>(said_.target_ms) : kTargetMs;
  const double factor = std::clamp(target / std::max(milliseconds, 1.0), 0.5, 2.0);
  const auto most = most_rows();
  rows_ = std::clamp(static_cast<std::int64_t>(static_cast<double>(rows_) * factor), std::min(kLeastRows, most), most);
}

}  // namespace forge
