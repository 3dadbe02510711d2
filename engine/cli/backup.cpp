// `forgelua backup` and `forgelua restore`: a whole database put aside, and brought back.
#include "engine/exec/backup.hpp"

#include <fmt/format.h>

#include <chrono>
#include <ctime>
#include <memory>
#include <ostream>

#include "engine/cli/app.hpp"
#include "engine/cli/run_target.hpp"
#include "engine/db/url.hpp"

namespace forge {
namespace {

struct BackupRequest {
  RunRequest target;
  std::string file;
  bool replace = false;
};

std::string instant() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts);
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
  command->add_option("file", request->file, "The backup")->required();
  add_target(*command, *request);
  command->add_flag("--replace", request->replace, "Take away what is in the database first");
  command->add_flag("--yes", request->target.yes, "Ask nothing");
  command->callback(
      [&chosen, request] { chosen = [request](Terminal& terminal) { return restore(*request, terminal); }; });
}

}  // namespace forge
