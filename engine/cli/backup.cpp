// `forgelua backup` and `forgelua restore`: a whole database put aside, and brought back.
#include "engine/exec/backup.hpp"

#include <fmt/format.h>

#include <chrono>
#include <ctime>
#include <memory>
#include <ostream>
#include <regex>

#include "engine/cli/app.hpp"
#include "engine/cli/run_target.hpp"
#include "engine/db/url.hpp"
#include "engine/exec/tool.hpp"

namespace forge {
namespace {

struct BackupRequest {
  RunRequest target;
  std::string file, timestamp;
  bool replace = false;
};

std::string instant(const char* format = "%Y%m%dT%H%M%SZ") {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, format, &parts);
  return text;
}

void tell(Terminal& terminal, const char* type, const std::string& file, const std::string& text) {
  if (terminal.json) {
    terminal.out << Json{{"version", 1}, {"type", type}, {"file", file}}.dump(-1, ' ', false,
                                                                              Json::error_handler_t::replace)
                 << "\n";
  } else {
    terminal.err << escape_control(text) << "\n";
  }
}

Result<int> backup(const BackupRequest& request, Terminal& terminal) {
  FORGE_ASSIGN(const auto target, settle_target(request.target));
  const auto name = std::filesystem::path(url_parts(target.url).database).stem().string();
  const auto file = request.file.empty() ? fmt::format("backups/{}_{}{}", name.empty() ? "database" : name, instant(),
                                                       backup_ending(engine_of_url(target.url)))
                                         : request.file;
  FORGE_TRY(take_backup(target.url, file));
  tell(terminal, "backup", file, fmt::format("{} is put aside in {}", redacted(target.url), file));
  return 0;
}

Result<int> restore(const BackupRequest& request, Terminal& terminal) {
  FORGE_ASSIGN(const auto target, settle_target(request.target));
  const auto question = fmt::format("Make {} what {} holds{}?", redacted(target.url), request.file,
                                    request.replace ? ", and take away all that is in it" : "");
  FORGE_ASSIGN(const bool yes, confirmed(question, request.target, terminal));
  if (!yes) return fail(ErrorCode::refused, "nothing was done");
  FORGE_TRY(restore_backup(target.url, request.file, request.replace));
  tell(terminal, "restored", request.file, fmt::format("{} is what {} holds", redacted(target.url), request.file));
  return 0;
}

// What the environment says for recovering it as it was at that instant.
Result<std::string> recovery_command(const RunTarget& target, const std::string& timestamp) {
  static const std::regex kInstant(R"(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ)");
  if (!std::regex_match(timestamp, kInstant)) {
    return fail(ErrorCode::usage, fmt::format("'{}' is no instant", timestamp), "write it as 2026-01-31T23:59:00Z");
  }
  if (timestamp > instant("%Y-%m-%dT%H:%M:%SZ"))
    return fail(ErrorCode::usage, fmt::format("{} is still to come", timestamp), "instants are in UTC");
  std::string command = target.environment ? target.environment->point_in_time : "";
  const std::string_view gap = "{timestamp}";
  if (command.find(gap) == std::string::npos) {
    return fail(ErrorCode::refused,
                command.empty() ? "nothing says how the database is recovered to an instant"
                                : "the environment's command has no {timestamp} in it",
                "say it in forgelua.yml, as with pgbackrest or mysqlbinlog: environments: { NAME: { pointInTime: "
                "\"pgbackrest --stanza=main --type=time --target={timestamp} --delta restore\" } }");
  }
  for (auto at = command.find(gap); at != std::string::npos; at = command.find(gap, at + timestamp.size()))
    command.replace(at, gap.size(), timestamp);
  return command;
}

Result<int> restore_to_instant(const BackupRequest& request, Terminal& terminal) {
  FORGE_ASSIGN(const auto target, settle_target(request.target));
  FORGE_ASSIGN(const auto command, recovery_command(target, request.timestamp));
  if (terminal.json) {
    terminal.out << Json{{"version", 1}, {"type", "recovery"}, {"timestamp", request.timestamp}, {"command", command}}
                        .dump(-1, ' ', false, Json::error_handler_t::replace)
                 << "\n";
  } else {
    terminal.out << escape_control(command) << "\n";
  }
  if (request.target.dry_run) return 0;
  const auto question =
      fmt::format("Run this, so that {} is as it was at {}?", redacted(target.url), request.timestamp);
  FORGE_ASSIGN(const bool yes, confirmed(question, request.target, terminal));
  if (!yes) return fail(ErrorCode::refused, "nothing was done");
  FORGE_TRY(run_tools({{{"/bin/sh", "-c", command}, {}}}, "", "", target.url));
  tell(terminal, "restored", "",
       fmt::format("the command has recovered {} to {}", redacted(target.url), request.timestamp));
  return 0;
}

void add_target(CLI::App& command, BackupRequest& request) {
  command.add_option("--url", request.target.url, "The database: a URL, or env:NAME for the value of that variable");
  command.add_option("--env", request.target.environment, "One of the environments of forgelua.yml");
}

}  // namespace

void add_backup(CLI::App& app, Command& chosen) {
  auto request = std::make_shared<BackupRequest>();
  auto* command = app.add_subcommand("backup", "Put a whole database aside, by the engine's own tools");
  add_target(*command, *request);
  command->add_option("--out", request->file, "The file (default: backups/DATABASE_INSTANT)");
  command->callback(
      [&chosen, request] { chosen = [request](Terminal& terminal) { return backup(*request, terminal); }; });
}

void add_restore(CLI::App& app, Command& chosen) {
  auto request = std::make_shared<BackupRequest>();
  auto* command = app.add_subcommand("restore", "Bring back a database from a backup");
  auto* file = command->add_option("file", request->file, "The backup");
  auto* instant = command->add_option("--timestamp", request->timestamp,
                                      "Instead: recover to this instant, by the environment's pointInTime command");
  file->excludes(instant);
  command->add_flag("--dry-run", request->target.dry_run, "With --timestamp: print the command, and run nothing");
  add_target(*command, *request);
  command->add_flag("--replace", request->replace, "Take away what is in the database first");
  command->add_flag("--yes", request->target.yes, "Ask nothing");
  command->callback([&chosen, request] {
    chosen = [request](Terminal& terminal) -> Result<int> {
      if (!request->timestamp.empty()) return restore_to_instant(*request, terminal);
      if (!request->file.empty()) return restore(*request, terminal);
      return fail(ErrorCode::usage, "nothing says what is to be restored", "name a backup's file, or give --timestamp");
    };
  });
}

}  // namespace forge
