#include "engine/cli/run_target.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <ostream>

#include "engine/base/spelling.hpp"
#include "engine/db/url.hpp"

namespace forge {
namespace fs = std::filesystem;

void add_run_options(CLI::App& command, RunRequest& request, bool runs) {
  command.add_option("package", request.package, "The package's folder (default: the only one below migrations/)");
  command.add_option("--url", request.url, "The database: a URL, or env:NAME for the value of that variable");
  command.add_option("--env", request.environment, "One of the environments of forgelua.yml");
  if (!runs) return;
  command.add_option("--to", request.to, "The last phase that is run")
      ->check(CLI::IsMember({"expand", "migrate", "switch", "contract"}));
  command.add_option("--wait", request.wait, "Seconds to wait for another runner to end (default: not at all)");
  command.add_option("--approve", request.approve, "The plan's hash, where the environment asks for approval");
  command.add_option("--dev-url", request.dev_url,
                     "A server on which the plan's own schema may be built to compare with");
  command.add_option("--org", request.organisation, "The organisation's folder of modules");
  command.add_flag("--yes", request.yes, "Ask nothing");
  command.add_flag("--dry-run", request.dry_run, "Print the SQL and its impact; touch nothing");
  command.add_flag("--skip-bad-rows", request.skip_bad_rows, "Keep rows aside that cannot be carried over, and go on");
}

Result<RunTarget> settle_target(const RunRequest& request) {
  RunTarget out;
  FORGE_ASSIGN(out.config, load_config("."));
  std::string url = request.url;
  if (url.empty()) {
    const std::string name = request.environment.empty() ? out.config.environment : request.environment;
    const auto found = out.config.environments.find(name);
    if (name.empty()) {
      return fail(ErrorCode::usage, "nothing says which database this is for",
                  "give --url URL, --url env:NAME or --env NAME");
    }
    if (found == out.config.environments.end()) {
      std::vector<std::string> names;
      for (const auto& entry : out.config.environments) names.push_back(entry.first);
      const auto best = nearest(name, names);
      return fail(ErrorCode::usage, fmt::format("forgelua.yml knows no environment '{}'", name),
                  best ? fmt::format("did you mean '{}'?", *best) : "name it there with its url, or give --url");
    }
    out.environment = &found->second;
    url = found->second.url;
  }
  FORGE_ASSIGN(out.url, resolve_url(url));
  return out;
}

Result<fs::path> settle_package(const RunRequest& request, const Config& config) {
  if (!request.package.empty()) return fs::path(request.package);
  std::vector<fs::path> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(config.output, ignored)) {
    if (fs::exists(entry.path() / "plan.json", ignored)) found.push_back(entry.path());
  }
  if (found.size() == 1) return found.front();
  return fail(ErrorCode::usage, fmt::format("{} packages below '{}'", found.empty() ? "no" : "several", config.output),
              "name the package's folder");
}

Result<std::optional<Phase>> settle_phase(const std::string& word) {
  if (word.empty()) return std::nullopt;
  const auto phase = enum_value<Phase>(word);
  if (!phase) return fail(ErrorCode::usage, fmt::format("'{}' is no phase", word));
  return phase;
}

Result<bool> confirmed(const std::string& question, const RunRequest& request, Terminal& terminal) {
  if (request.yes) return true;
  if (isatty(STDIN_FILENO) == 0) {
    return fail(ErrorCode::refused, "nobody is there to be asked: " + question, "give --yes where that is meant");
  }
  terminal.err << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace forge
