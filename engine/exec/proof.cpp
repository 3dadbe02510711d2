#include "engine/exec/proof.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "engine/exec/apply.hpp"
#include "engine/exec/proof_digest.hpp"
#include "engine/exec/proof_witness.hpp"
#include "engine/exec/step_runner.hpp"

namespace forge {
namespace {

using Clock = std::chrono::steady_clock;

double to_microseconds(double seconds) { return std::round(seconds * 1e6) / 1e6; }

// Passes on what is told, and notes how long steps take.
class Clocked : public Listener {
 public:
  explicit Clocked(Listener& inner) : inner_(inner) {}

  void tell(std::string_view type, const Json& details, const std::string& text) override {
    if (type == "step_done") {
      const double seconds = to_microseconds(details.value("seconds", 0.0));
      way_.steps.push_back({details.value("step", 0), details.value("id", std::string()), seconds});
    }
    inner_.tell(type, details, text);
  }
  void rows(const std::string& step, long done, long total, double per_second) override {
    inner_.rows(step, done, total, per_second);
  }
  bool stopping() const override { return inner_.stopping(); }

  WayEvidence take() {
    way_.seconds = to_microseconds(std::chrono::duration<double>(Clock::now() - begin_).count());
    begin_ = Clock::now();
    return std::exchange(way_, {});
  }

 private:
  Listener& inner_;
  WayEvidence way_;
  Clock::time_point begin_ = Clock::now();
};

std::string words_of(const Error& error) {
  std::string out = error.message;
  for (const auto& note : error.notes) out += "; " + note;
  return out;
}

class Prover {
 public:
  Prover(const PlanFile& plan, const ProofCopy& copy, Listener& listener, Evidence& evidence)
      : plan_(plan),
        copy_(copy),
        listener_(listener),
        clocked_(listener),
        evidence_(evidence),
        losses_(losses_of(plan)) {
    plan_.bake = "0s";
  }

  Result<void> run() {
    FORGE_ASSIGN(connections_, connect(plan_, copy_.url));
    FORGE_ASSIGN(witness_, witness_of(plan_, copy_.url));
    options_.witness = witness_.get();
    FORGE_ASSIGN(const auto before, digest());
    for (const auto& [name, table] : before) evidence_.rows += table.rows;
    evidence_.tables = static_cast<std::int64_t>(before.size());
    if (!forward() || listener_.stopping()) return stopped();
    FORGE_TRY(ask_checks());
    FORGE_TRY(differences("with every step run, the schema is not the one that the plan ends with: ",
                          copy_.differs_from_end));
    if (!back() || listener_.stopping()) return stopped();
    FORGE_TRY(differences("the way back does not end with the schema of the start: ", copy_.differs_from_start));
    compare(before);
    evidence_.proved = evidence_.failures.empty();
    return {};
  }

 private:
  Result<void> stopped() const {
    if (!listener_.stopping()) return {};
    return fail(ErrorCode::partly, "stopped", "the copy is gone; the same command begins anew");
  }

  Result<Digests> digest() { return digest_rows(*connections_.work, plan_.client, copy_.schema, losses_.columns); }

  void failed(std::string what) { evidence_.failures.push_back(std::move(what)); }

  bool forward() {
    clocked_.take();
    const auto done = apply_plan(plan_, connections_, clocked_, options_);
    evidence_.forward = seen(clocked_.take(), Way::forward);
    if (!done) failed("it does not run: " + words_of(done.error()));
    return done.has_value();
  }

  bool back() {
    clocked_.take();
    const auto done = roll_back_plan(plan_, connections_, clocked_, options_);
    evidence_.backward = seen(clocked_.take(), Way::backward);
    if (!done) failed("the way back does not run: " + words_of(done.error()));
    return done.has_value();
  }

  // Adds what was seen of each step; what is not as its impact says speaks against the package.
  WayEvidence seen(WayEvidence way_taken, Way way) {
    if (!witness_) return way_taken;
    for (auto& step : way_taken.steps) {
      const auto found = std::ranges::find_if(
          witness_->seen(), [&](const Seen& one) { return one.step == step.number && one.way == way; });
      if (found == witness_->seen().end()) continue;
      step.locks.assign(found->locks.begin(), found->locks.end());
      step.rewrites.assign(found->rewrites.begin(), found->rewrites.end());
      step.scans.assign(found->scans.begin(), found->scans.end());
      for (auto& line : against_impact(plan_, plan_.steps[static_cast<std::size_t>(step.number - 1)], *found))
        failed(std::move(line));
    }
    return way_taken;
  }

  Result<void> ask_checks() {
    for (const auto& check : plan_.final_checks) {
      FORGE_ASSIGN(const auto found, asked(*connections_.work, check.sql));
      ++evidence_.checks;
      if (found != check.expect) failed(fmt::format("{}: expected {}, found {}", check.title, check.expect, found));
    }
    for (const auto& text : plan_.server_texts) FORGE_TRY(ask_text(text));
    return {};
  }

  Result<void> ask_text(const ServerText& text) {
    auto& session = *connections_.work;
    for (const auto& sql : text.make) FORGE_TRY(session.query(sql));
    FORGE_ASSIGN(const auto wanted, asked(session, text.wanted));
    FORGE_TRY(session.query(text.drop));
    FORGE_ASSIGN(const auto actual, asked(session, text.actual));
    ++evidence_.checks;
    if (wanted != actual) failed(fmt::format("{}: expected {}, found {}", text.title, wanted, actual));
    return {};
  }

  Result<void> differences(const std::string& what, const std::function<Result<std::vector<std::string>>()>& ask) {
    FORGE_ASSIGN(const auto lines, ask());
    for (const auto& line : lines) failed(what + line);
    return {};
  }

  void compare(const Digests& before) {
    const auto after = digest();
    if (!after) return failed("the rows cannot be compared with the start: " + after.error().message);
    auto found = compare_rows(before, *after, losses_);
    for (auto& line : found.unexpected) failed("rows differ from the start, and no step says so: " + line);
    evidence_.lost = std::move(found.lost);
  }

  PlanFile plan_;
  const ProofCopy& copy_;
  Listener& listener_;
  Clocked clocked_;
  Evidence& evidence_;
  Losses losses_;
  Connections connections_;
  std::unique_ptr<StepWitness> witness_;
  RunOptions options_;
};

}  // namespace

Result<void> prove(const PlanFile& plan, const ProofCopy& copy, Listener& listener, Evidence& evidence) {
  return Prover(plan, copy, listener, evidence).run();
}

}  // namespace forge
