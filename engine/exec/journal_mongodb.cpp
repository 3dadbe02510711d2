// The journal in collections. Every document bears the epoch of the runner that wrote it last; one that has been taken over finds
// documents of a later epoch, and writes nothing. No transactions are needed, so that a single server serves, too.
#include <fmt/format.h>

#include "engine/exec/journal_store.hpp"
#include "engine/exec/mongodb_text.hpp"

namespace forge {
namespace {

class MongoJournal : public JournalStore {
 public:
  MongoJournal(Session& session, long epoch)
      : session_(session), tables_(Client{Client::Family::mongodb, ""}), epoch_(epoch) {}

  Result<std::vector<MigrationRow>> history() override {
    FORGE_ASSIGN(const auto found, mongodb_documents(session_, {{"find", tables_.migrations},
                                                                {"sort", {{"applied_at", 1}, {"_id", 1}}}}));
    std::vector<MigrationRow> out;
    for (const auto& one : found) {
      out.push_back({mongodb_word(one, "_id"), mongodb_word(one, "description"), mongodb_instant(one, "applied_at"),
                     mongodb_word(one, "applied_by"), mongodb_instant(one, "rolled_back_at"),
                     mongodb_word(one, "checksum"), mongodb_word(one, "state"),
                     mongodb_number(one, "execution_time_ms")});
    }
    return out;
  }

  Result<std::map<int, StepRow>> steps(const std::string& version) override {
    const Json ago{
        {"$trunc", {{"$divide", Json::array({Json{{"$subtract", Json::array({"$$NOW", "$finished_at"})}}, 1000})}}}};
    const Json pipeline = Json::array({Json{{"$match", {{"version", version}}}}, Json{{"$set", {{"ago", ago}}}}});
    FORGE_ASSIGN(const auto found,
                 mongodb_documents(session_,
                                   {{"aggregate", tables_.steps}, {"pipeline", pipeline}, {"cursor", Json::object()}}));
    std::map<int, StepRow> out;
    for (const auto& one : found) {
      StepRow step{static_cast<int>(mongodb_number(one, "number")),
                   step_state_of(mongodb_word(one, "state")),
                   static_cast<int>(mongodb_number(one, "position")),
                   mongodb_word(one, "print"),
                   mongodb_instant(one, "finished_at"),
                   mongodb_number(one, "ago")};
      out.emplace(step.number, std::move(step));
    }
    return out;
  }

  Result<void> begin(const PlanFile& plan, const std::string& who) override {
    const auto described = plan.header.find("description");
    FORGE_TRY(write(session_, tables_.migrations, plan.id,
                    {{"description", mongodb_text(described == plan.header.end() ? "" : described->second)},
                     {"applied_at", "$$NOW"},
                     {"applied_by", mongodb_text(who)},
                     {"rolled_back_at", nullptr},
                     {"checksum", mongodb_text(plan.hash)},
                     {"execution_time_ms", {{"$ifNull", Json::array({"$execution_time_ms", 0})}}},
                     {"state", "running"}},
                    true));
    FORGE_ASSIGN(const auto known, steps(plan.id));
    for (const auto& step : plan.steps) {
      if (known.contains(step.number)) continue;
      FORGE_TRY(write(session_, tables_.steps, key(plan.id, step.number),
                      {{"version", mongodb_text(plan.id)},
                       {"number", step.number},
                       {"step", mongodb_text(step.id)},
                       {"phase", std::string(word_of(step.phase))},
                       {"state", "pending"},
                       {"position", 0},
                       {"attempts", 0}},
                      true));
    }
    return {};
  }

  Result<void> set_state(const std::string& version, std::string_view state, long milliseconds) override {
    Json set{{"state", std::string(state)},
             {"execution_time_ms", {{"$add", Json::array({"$execution_time_ms", milliseconds})}}}};
    if (state == "rolled_back") set["rolled_back_at"] = "$$NOW";
    return write(session_, tables_.migrations, version, std::move(set));
  }

  Result<void> set_step(Session& session, const std::string& version, const StepRow& row) override {
    using State = StepRow::State;
    Json set{{"state", std::string(step_state_word(row.state))}, {"position", row.position}};
    set["print"] = row.print.empty() ? Json() : mongodb_text(row.print);
    if (row.state == State::done) set["finished_at"] = "$$NOW";
    if (row.state == State::pending) set["started_at"] = set["finished_at"] = nullptr;
    if (row.state == State::running) {
      set["attempts"] = {{"$add", Json::array({"$attempts", 1})}};
      set["started_at"] = {{"$ifNull", Json::array({"$started_at", "$$NOW"})}};
    }
    return write(session, tables_.steps, key(version, row.number), std::move(set));
  }

  Result<void> fence(Session&) override { return {}; }  // every write is fenced by itself

 private:
  static std::string key(const std::string& version, int number) { return fmt::format("{} {}", version, number); }

  Result<void> write(Session& session, const std::string& collection, const std::string& id, Json set,
                     bool upsert = false) const {
    const Json q{{"_id", id}, {"epoch", {{"$not", {{"$gt", epoch_}}}}}};
    set["epoch"] = epoch_;
    auto done = mongodb_change(session, collection, q, std::move(set), upsert);
    // A document of a later epoch does not match, and cannot be made again either.
    if (!done && session.failure() == Failure::row) return fenced();
    if (!done) return fail(std::move(done.error()));
    if (*done == 0 && !upsert) return fenced();
    return {};
  }

  Session& session_;
  OwnTables tables_;
  long epoch_;
};

}  // namespace

std::unique_ptr<JournalStore> mongodb_journal(Session& session, long epoch) {
  return std::make_unique<MongoJournal>(session, epoch);
}

}  // namespace forge
