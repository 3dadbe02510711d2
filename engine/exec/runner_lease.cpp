#include "engine/exec/runner_lease.hpp"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "engine/exec/mongodb_text.hpp"

namespace forge {
namespace {

constexpr long kLeaseMilliseconds = 60'000;

Json lease_end() { return {{"$add", Json::array({"$$NOW", kLeaseMilliseconds})}}; }

// Makes a document where it is not there. Two that make it at once get an error of which one of them is right.
Result<void> ensure(Session& session, const std::string& collection, const Json& fields) {
  const Json one{{"q", {{"_id", 1}}}, {"u", {{"$setOnInsert", fields}}}, {"upsert", true}};
  auto done = session.query(Json{{"update", collection}, {"updates", Json::array({one})}}.dump());
  if (!done && session.failure() != Failure::row) return fail(std::move(done.error()));
  return {};
}

// What was written under earlier epochs: who still has one of them finds nothing more that it may write.
Result<void> claim_journal(Session& session, const OwnTables& tables, long epoch) {
  for (const auto& collection : {tables.migrations, tables.steps}) {
    const Json one{{"q", {{"epoch", {{"$lt", epoch}}}}}, {"u", {{"$set", {{"epoch", epoch}}}}}, {"multi", true}};
    FORGE_TRY(session.query(Json{{"update", collection}, {"updates", Json::array({one})}}.dump()));
  }
  return {};
}

}  // namespace

Result<long> take_lease(Session& session, const OwnTables& tables, const std::string& holder,
                        const std::function<bool(const std::string&)>& is_gone) {
  FORGE_TRY(ensure(session, tables.runner,
                   {{"epoch", 0}, {"holder", ""}, {"lease_until", {{"$date", {{"$numberLong", "0"}}}}}}));
  FORGE_TRY(ensure(session, tables.pace, {{"paused", 0}, {"target_ms", 0}, {"pause_ms", -1}, {"most_rows", 0}}));
  const Json ended{{"$set", {{"ended", {{"$lte", Json::array({"$lease_until", "$$NOW"})}}}}}};
  const Json pipeline = Json::array({Json{{"$match", {{"_id", 1}}}}, ended});
  FORGE_ASSIGN(
      const auto found,
      mongodb_documents(session, {{"aggregate", tables.runner}, {"pipeline", pipeline}, {"cursor", Json::object()}}));
  if (found.empty()) return 0;
  const auto& known = found.front();
  if (known.value("ended", Json()) != true && !is_gone(mongodb_word(known, "holder"))) return 0;
  const long epoch = mongodb_number(known, "epoch");
  FORGE_ASSIGN(const long taken,
               mongodb_change(session, tables.runner, {{"_id", 1}, {"epoch", epoch}},
                              {{"epoch", epoch + 1}, {"holder", mongodb_text(holder)}, {"lease_until", lease_end()}}));
  if (taken == 0) return 0;
  FORGE_TRY(claim_journal(session, tables, epoch + 1));
  return epoch + 1;
}

std::string lease_holder(Session& session, const OwnTables& tables) {
  const auto found = mongodb_documents(session, {{"find", tables.runner}, {"filter", {{"_id", 1}}}});
  return found && !found->empty() ? mongodb_word(found->front(), "holder") : "";
}

Result<void> renew_lease(Session& session, const OwnTables& tables, long epoch) {
  FORGE_ASSIGN(const long done,
               mongodb_change(session, tables.runner, {{"_id", 1}, {"epoch", epoch}}, {{"lease_until", lease_end()}}));
  if (done == 1) return {};
  return fail(ErrorCode::locked, "another runner has taken over: this one has stopped and writes nothing more");
}

void end_lease(Session& session, const OwnTables& tables, long epoch) {
  (void)mongodb_change(session, tables.runner, {{"_id", 1}, {"epoch", epoch}},
                       {{"holder", ""}, {"lease_until", {{"$date", {{"$numberLong", "0"}}}}}});
}

struct LeaseKeeper::Thread {
  std::mutex mutex;
  std::condition_variable wake;
  bool over = false;
  std::thread thread;
};

LeaseKeeper::LeaseKeeper(Session& session, const OwnTables& tables, long epoch, std::chrono::milliseconds beat)
    : thread_(std::make_unique<Thread>()) {
  thread_->thread = std::thread([&session, tables, epoch, beat, state = thread_.get()] {
    std::unique_lock lock(state->mutex);
    while (!state->wake.wait_for(lock, beat, [&] { return state->over; })) {
      // Whether the lease is lost is for the runner itself to find out, between two commands.
      (void)renew_lease(session, tables, epoch);
    }
  });
}

LeaseKeeper::~LeaseKeeper() {
  {
    const std::lock_guard lock(thread_->mutex);
    thread_->over = true;
  }
  thread_->wake.notify_all();
  thread_->thread.join();
}

}  // namespace forge
