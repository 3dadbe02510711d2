// `forgelua run`: a spec becomes a package.
#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <memory>
#include <ostream>

#include "engine/base/files.hpp"
#include "engine/base/kept.hpp"
#include "engine/cli/app.hpp"
#include "engine/cli/request.hpp"
#include "engine/emit/evidence.hpp"
#include "engine/emit/package.hpp"
#include "engine/emit/status.hpp"
#include "engine/lua/arena.hpp"
#include "engine/model/json.hpp"

namespace forge {
namespace fs = std::filesystem;
namespace {

struct RunOptions {
  SpecRequest request;
  std::string out;                           // the package's folder; "" is migrations/<id>
  std::string now;                           // ISO 8601; "" is SOURCE_DATE_EPOCH, else none
  std::string status = ".forge-status.yml";  // the project's status file
};

std::string iso_time(std::time_t time) {
  std::tm utc{};
  gmtime_r(&time, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

// A package's one instant: stated, or from the environment of a reproducible build; none otherwise, as equal input gives
// equal bytes.
Result<std::string> instant(const std::string& stated) {
  if (!stated.empty()) {
    std::tm parsed{};
    const char* end = strptime(stated.c_str(), "%Y-%m-%dT%H:%M:%S", &parsed);
    const std::tm written = parsed;
    // The calendar puts right what it has not: the 30th of February is another day then, the 60th second another minute.
    const bool real = end && written.tm_year > -1900 && timegm(&parsed) != -1 && parsed.tm_mday == written.tm_mday &&
                      parsed.tm_hour == written.tm_hour && parsed.tm_sec == written.tm_sec;
    if (real && (*end == '\0' || std::string(end) == "Z")) return stated.ends_with('Z') ? stated : stated + "Z";
    return fail(ErrorCode::usage, fmt::format("--now '{}' is no instant", stated), "write it as 2026-09-01T12:00:00Z");
  }
  const char* epoch = std::getenv("SOURCE_DATE_EPOCH");
  if (!epoch || !*epoch) return std::string();
  const std::string_view text = epoch;
  std::int64_t seconds = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr std::int64_t kLastYear = 253402300799;  // the end of 9999
  if (problem != std::errc() || end != text.data() + text.size() || seconds < 0 || seconds > kLastYear) {
    return fail(ErrorCode::usage, fmt::format("SOURCE_DATE_EPOCH '{}' is no instant", text),
                "it counts seconds since 1970, and takes nothing but digits; --now states an instant by its date");
  }
  return iso_time(static_cast<std::time_t>(seconds));
}

// A migration's id names its folder: it must be a plain name.
Result<fs::path> package_folder(const RunOptions& options, const std::string& output, const std::string& id) {
  if (!options.out.empty()) return fs::path(options.out);
  if (id.empty() || id.find_first_of("/\\") != std::string::npos || id.starts_with('.')) {
    return fail(ErrorCode::spec, fmt::format("the migration's id '{}' cannot name a folder", id),
                "use letters, digits, '_' and '-' in it, or give --out DIR");
  }
  return fs::path(output) / id;
}

int say_nothing_changes(Terminal& terminal, const Plan& plan) {
  if (terminal.json) {
    terminal.out << Json{{"version", 1}, {"type", "run"}, {"id", plan.id}, {"changes", 0}}.dump() << "\n";
  } else {
    terminal.out << "No data-model changes detected — migration plan not needed.\n";
  }
  for (const auto& note : plan.notes) terminal.err << "note: " << escape_control(note) << "\n";
  return 0;
}

void say_done(Terminal& terminal, const Plan& plan, const fs::path& folder) {
  if (terminal.json) {
    const Summary summary = summarise(plan);
    Json line{{"version", 1},
              {"type", "run"},
              {"id", plan.id},
              {"engine", plan.engine},
              {"changes", plan.changes.size()},
              {"steps", plan.steps.size()},
              {"strategy", summary.strategy},
              {"risk", summary.risk},
              {"downtime", summary.downtime},
              {"destructive", summary.destructive},
              {"package", folder.string()},
              {"hash", plan_hash(plan)}};
    terminal.out << line.dump() << "\n";
    return;
  }
  terminal.out << escape_control(render_digest(plan));
  terminal.err << "Package written to " << escape_control(folder.string()) << "\n";
}

// The project's status file with the package in it; a project without one gets one.
Result<std::string> told_status(const Plan& plan, const fs::path& folder, const fs::path& file) {
  std::error_code ignored;
  std::string existing;
  FORGE_TRY(must_be_replaceable(file));
  if (fs::exists(fs::symlink_status(file, ignored))) {
    FORGE_ASSIGN(existing, read_file(file));
  }
  // The status file is no part of the package: it says when.
  const auto at = plan.now.empty() ? iso_time(std::time(nullptr)) : plan.now;
  return updated_status(existing, file.string(), plan, folder.generic_string(), at);
}

// The package, then the status file. A status file that cannot be read stops it before anything is written.
Result<void> write(const Plan& plan, const fs::path& folder, const fs::path& status) {
  FORGE_TRY(told_status(plan, folder, status));
  FORGE_TRY(write_package(plan, folder));
  auto text = told_status(plan, folder, status);
  auto done = text ? write_file_atomic(status, *text) : Result<void>(std::unexpected(text.error()));
  if (!done) done.error().notes.push_back(fmt::format("the package itself is written to '{}'", folder.string()));
  return done;
}

// A test of this very plan that an older package in its place has: the documents say so.
void take_evidence(Plan& plan, const fs::path& folder) {
  std::error_code ignored;
  if (!fs::exists(folder / "evidence.json", ignored)) return;
  const auto evidence = evidence_of(folder, plan_hash(plan));
  if (!evidence) return;
  plan.test_section = test_section(*evidence);
  if (evidence->proved) plan.rollback_evidence = rollback_words(*evidence);
}

Result<int> run(const RunOptions& options, Terminal& terminal) {
  FORGE_ASSIGN(const auto now, instant(options.now));
  FORGE_ASSIGN(auto read, prepare(options.request));
  auto& prepared = kept_to_the_end(std::move(read));
  FORGE_ASSIGN(auto made, make_plan(prepared, now));
  auto& plan = kept_to_the_end(std::move(made));
  if (plan.changes.empty()) return say_nothing_changes(terminal, plan);
  FORGE_ASSIGN(const auto folder, package_folder(options, prepared.output, plan.id));
  take_evidence(plan, folder);
  // No Lua runs from here on: its memory serves the package, and writing may take as long as the disk needs.
  prepared.machine = {};
  lua::release_spare_pieces();
  FORGE_TRY(write(plan, folder, options.status));
  say_done(terminal, plan, folder);
  return 0;
}

}  // namespace

void add_run(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<RunOptions>();
  auto* command = app.add_subcommand("run", "Plan a migration: read a spec, pick strategies, write the package");
  add_spec_options(*command, options->request);
  command
      ->add_option("--out", options->out,
                   "Folder of the package (default: migrations/<id>); an older package there is replaced")
      ->check(CLI::Validator([](const std::string& text) { return text.empty() ? "it names no folder" : ""; }, "DIR"));
  command->add_option("--now", options->now, "The one instant in the package, such as 2026-09-01T12:00:00Z");
  command->add_option("--status", options->status, "The project's status file")
      ->capture_default_str()
      ->check(CLI::Validator([](const std::string& text) { return text.empty() ? "it names no file" : ""; }, "FILE"));
  command->callback([&chosen, options] { chosen = [options](Terminal& terminal) { return run(*options, terminal); }; });
}

}  // namespace forge
