// `forgelua backfill pause|resume|set|show`: says to the runner of a database how it moves rows, while it does.
#include <fmt/format.h>

#include <memory>
#include <ostream>

#include "engine/cli/app.hpp"
#include "engine/cli/run_target.hpp"
#include "engine/db/url.hpp"
#include "engine/exec/connection.hpp"
#include "engine/exec/journal.hpp"

namespace forge {
namespace {

struct BackfillRequest {
  RunRequest target;
  std::string word;  // pause, resume, set, show
  std::optional<long> target_ms, pause_ms, most_rows;
};

PaceRow changed(PaceRow row, const BackfillRequest& request) {
  if (request.word == "pause") row.paused = true;
  if (request.word == "resume") row.paused = false;
  if (request.target_ms) row.target_ms = *request.target_ms;
  if (request.pause_ms) row.pause_ms = *request.pause_ms;
  if (request.most_rows) row.most_rows = *request.most_rows;
  return row;
}

void show(const PaceRow& row, Terminal& terminal) {
  const long target = row.target_ms > 0 ? row.target_ms : static_cast<long>(kTargetMs);
  const long most = row.most_rows > 0 ? row.most_rows : kMostRows;
  if (terminal.json) {
    terminal.out << Json{{"version", 1},        {"type", "pace"},           {"paused", row.paused},
                         {"target_ms", target}, {"pause_ms", row.pause_ms}, {"most_rows", most}}
                        .dump()
                 << "\n";
    return;
  }
  terminal.out << fmt::format("{}; a batch takes {} ms and {} rows at the most; between two of them {}\n",
                              row.paused ? "paused" : "not paused", target, most,
                              row.pause_ms < 0 ? "what the plan says" : fmt::format("{} ms", row.pause_ms));
}

Result<int> backfill(const BackfillRequest& request, Terminal& terminal) {
  if (request.word == "set" && !request.target_ms && !request.pause_ms && !request.most_rows) {
    return fail(ErrorCode::usage, "nothing says what is to be set", "give --target-ms, --pause-ms or --most-rows");
  }
  FORGE_ASSIGN(const auto target, settle_target(request.target));
  FORGE_ASSIGN(const auto client, client_of_engine(engine_of_url(target.url)));
  FORGE_ASSIGN(const auto session, connect_for_journal(target.url));
  const Journal journal(*session, client, 0);
  FORGE_ASSIGN(const bool there, Journal(*session, client, 0).there());
  if (!there) return fail(ErrorCode::refused, "nothing has been run on this database yet");
  FORGE_ASSIGN(auto row, read_pace(*session, journal.tables()));
  if (request.word != "show") {
    row = changed(row, request);
    FORGE_TRY(write_pace(*session, journal.tables(), row));
  }
  show(row, terminal);
  return 0;
}

}  // namespace

void add_backfill(CLI::App& app, Command& chosen) {
  auto* command = app.add_subcommand("backfill", "Say how rows are moved, also while a runner moves them");
  command->require_subcommand(1);
  const std::vector<std::pair<const char*, const char*>> words{
      {"pause", "Let no batch begin until it is resumed"},
      {"resume", "Let batches go on"},
      {"set", "Change the pace; what is not given stays as it is"},
      {"show", "Tell the pace"}};
  for (const auto& [word, what] : words) {
    auto request = std::make_shared<BackfillRequest>();
    request->word = word;
    auto* sub = command->add_subcommand(word, what);
    sub->add_option("--url", request->target.url, "The database: a URL, or env:NAME for the value of that variable");
    sub->add_option("--env", request->target.environment, "One of the environments of forgelua.yml");
    if (request->word == "set") {
      const auto range = CLI::Range(0L, 86'400'000L);
      sub->add_option("--target-ms", request->target_ms, "How long a batch should take (0: 100)")->check(range);
      sub->add_option("--pause-ms", request->pause_ms, "The pause between two batches (-1: the plan's)")
          ->check(CLI::Range(-1L, 86'400'000L));
      sub->add_option("--most-rows", request->most_rows, "How many rows a batch may take (0: 50,000)")->check(range);
    }
    sub->callback(
        [&chosen, request] { chosen = [request](Terminal& terminal) { return backfill(*request, terminal); }; });
  }
}

}  // namespace forge
