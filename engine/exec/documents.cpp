#include "engine/exec/documents.hpp"

#include <fmt/format.h>

#include <chrono>

#include "engine/exec/ladder.hpp"
#include "engine/exec/mongodb_text.hpp"
#include "engine/exec/rhythm.hpp"
#include "engine/model/extended_json.hpp"

namespace forge {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kBegun = "walking";  // in the step's row: the line of progress is this run's own
constexpr const char* kProgress = "forgelua_backfill_progress";
constexpr const char* kErrors = "forgelua_backfill_errors";

class DocumentMover {
 public:
  DocumentMover(Running& run, const Step& step, const Json& loop, StepRow& row)
      : run_(run),
        step_(step),
        row_(row),
        collection_(mongodb_word(loop, "collection")),
        line_(mongodb_word(loop, "step")),
        q_(loop.value("q", Json::object())),
        u_(loop.value("u", Json::object())),
        bypass_(loop.value("bypass", Json()) == true),
        rhythm_(run, step,
                {mongodb_number(loop, "size"), mongodb_number(loop, "pause_ms"), step.work ? step.work->rows : 0}) {}

  Result<void> go() {
    FORGE_TRY(settle_progress());
    for (bool more = true; more;) {
      FORGE_TRY(rhythm_.hold());
      FORGE_ASSIGN(const Json last, end_of_batch());
      more = !last.is_null();
      const auto begin = Clock::now();
      FORGE_ASSIGN(const long moved, batch(more ? both(behind(), mongodb_beside("$lte", last["_id"])) : behind()));
      if (more) low_ = last["_id"];
      FORGE_TRY(checkpoint(more ? "running" : "done", moved));
      rhythm_.follow(std::chrono::duration<double, std::milli>(Clock::now() - begin).count(), moved);
      FORGE_TRY(run_.lock.renew());
      if (more) rhythm_.pause();
    }
    return {};
  }

 private:
  // The line of progress is this run's own, or from the run that this one goes on with.
  Result<void> settle_progress() {
    if (line_.empty()) return {};
    if (row_.print != kBegun) {
      FORGE_TRY(forget(kProgress, "_id"));
      FORGE_TRY(forget(kErrors, "_id.step"));
      row_.print = kBegun;
      return run_.journal.set_step(run_.plan.id, row_);
    }
    FORGE_ASSIGN(const auto known, mongodb_documents(run_.work, {{"find", kProgress}, {"filter", {{"_id", line_}}}}));
    if (!known.empty() && known.front().contains("cursor")) low_ = known.front()["cursor"];
    return {};
  }

  // What an earlier walk of this step has left.
  Result<void> forget(const char* collection, const char* field) {
    const Json all{{"q", {{field, line_}}}, {"limit", 0}};
    FORGE_TRY(run_.work.query(Json{{"delete", collection}, {"deletes", Json::array({all})}}.dump()));
    return {};
  }

  // Nothing, or the documents behind the last batch. Null is an _id, too, and stands for none here: it comes first.
  Json behind() const { return low_ ? mongodb_beside("$gt", *low_) : Json::object(); }

  static Json both(const Json& a, const Json& b) {
    if (a.empty()) return b;
    return {{"$and", Json::array({a, b})}};
  }

  // The last document of the next batch, with its _id alone; null where fewer are left than one holds.
  Result<Json> end_of_batch() {
    FORGE_ASSIGN(const auto found, mongodb_documents(run_.work, {{"find", collection_},
                                                                 {"filter", behind()},
                                                                 {"projection", {{"_id", 1}}},
                                                                 {"sort", {{"_id", 1}}},
                                                                 {"skip", rhythm_.rows() - 1},
                                                                 {"limit", 1}}));
    return found.empty() ? Json() : found.front();
  }

  Json update(const Json& q, bool multi) const {
    Json command{{"update", collection_}, {"updates", Json::array({Json{{"q", q}, {"u", u_}, {"multi", multi}}})}};
    if (bypass_) command["bypassDocumentValidation"] = true;
    return command;
  }

  Result<long> batch(const Json& range) {
    const Json q = both(range, q_);
    auto done = alone(run_, step_, update(q, true).dump());
    if (done || done.error().code != ErrorCode::database) return done;
    const auto failure = run_.work.failure();
    if (failure != Failure::row && failure != Failure::fatal) return done;
    return one_by_one(q, std::move(done.error()));
  }

  // One document of the batch cannot be changed: which one is found, and it stops the work or is kept aside.
  Result<long> one_by_one(const Json& q, Error why) {
    FORGE_ASSIGN(const auto found,
                 mongodb_documents(run_.work, {{"find", collection_}, {"filter", q}, {"projection", {{"_id", 1}}}}));
    long moved = 0, bad = 0;
    for (const auto& one : found) {
      const Json id = one.value("_id", Json());
      auto done = alone(run_, step_, update(both({{"_id", id}}, q_), false).dump());
      if (done) {
        moved += *done;
        continue;
      }
      if (run_.work.failure() != Failure::row && run_.work.failure() != Failure::fatal) return done;
      if (!run_.skip_bad_rows) return fail(named(std::move(done.error()), id));
      ++bad;
      FORGE_TRY(put_aside(id, done.error().message));
    }
    if (bad == 0 && moved == 0 && !found.empty()) return fail(std::move(why));  // it was not the documents
    if (bad > 0) {
      run_.listener.tell(
          "bad_rows", {{"step", step_.number}, {"rows", bad}},
          fmt::format("step {}: {} documents could not be changed; {} holds their _id", step_.number, bad, kErrors));
    }
    return moved;
  }

  Error named(Error why, const Json& id) const {
    why.code = ErrorCode::partly;
    why.hint = "mend the document and run the same command again, or give --skip-bad-rows to keep such documents aside";
    why.notes.push_back(
        fmt::format("the document of {} with the _id {} cannot be changed", collection_, relaxed(id).dump()));
    return why;
  }

  Result<void> put_aside(const Json& id, const std::string& message) {
    const Json q{{"_id", {{"step", line_.empty() ? collection_ : line_}, {"key", id}}}};
    FORGE_TRY(mongodb_change(
        run_.work, kErrors, q,
        {{"collection", mongodb_text(collection_)}, {"message", mongodb_text(message)}, {"at", "$$NOW"}}, true));
    return {};
  }

  Result<void> checkpoint(const char* state, long moved) {
    if (line_.empty()) return {};
    Json set{{"state", state}, {"updated_at", "$$NOW"}};
    set["started_at"] = {{"$ifNull", Json::array({"$started_at", "$$NOW"})}};
    set["done"] = {{"$add", Json::array({Json{{"$ifNull", Json::array({"$done", 0})}}, moved})}};
    if (low_) set["cursor"] = {{"$literal", *low_}};
    FORGE_TRY(mongodb_change(run_.work, kProgress, {{"_id", line_}}, std::move(set), true));
    return {};
  }

  Running& run_;
  const Step& step_;
  StepRow& row_;
  std::string collection_, line_;
  Json q_, u_;
  bool bypass_;
  Rhythm rhythm_;
  std::optional<Json> low_;  // the _id that the last batch ended with
};

}  // namespace

bool is_document_loop(const std::string& statement) {
  const Json json = Json::parse(statement, nullptr, false);
  return json.is_object() && json.value("forgelua", Json()) == "update";
}

Result<void> move_documents(Running& run, const Step& step, const std::string& statement, StepRow& row) {
  return DocumentMover(run, step, Json::parse(statement, nullptr, false), row).go();
}

Result<long> documents_aside(Running& run, const Step& step) {
  const Json q{{"_id.step", step.id}};
  FORGE_ASSIGN(const auto rows, run.work.query(Json{{"count", kErrors}, {"query", q}}.dump()));
  return rows.rows.empty() ? 0 : std::strtol(rows.rows.front().front().value_or("0").c_str(), nullptr, 10);
}

}  // namespace forge
