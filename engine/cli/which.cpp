// `forgelua which NAME`: the file that serves a module, and the ones below it.
#include <fmt/format.h>

#include <memory>
#include <ostream>

#include "engine/base/hash.hpp"
#include "engine/cli/app.hpp"
#include "engine/cli/config.hpp"
#include "engine/lua/modules.hpp"
#include "engine/model/json.hpp"

namespace forge {
namespace {

struct WhichOptions {
  std::string name;
  std::string project = ".";
  std::string organisation;
};

void print(const FoundModule& found, const char* role, Terminal& terminal) {
  const std::string hash = sha256_hex(found.text);
  if (terminal.json) {
    terminal.out << Json{{"version", 1},
                         {"type", "which"},
                         {"module", found.name},
                         {"role", role},
                         {"layer", std::string(word_of(found.layer))},
                         {"path", found.path},
                         {"sha256", hash}}
                        .dump()
                 << "\n";
    return;
  }
  terminal.out << fmt::format("{:<8} {:<13} {}  sha256 {}\n", role, word_of(found.layer), found.path,
                              hash.substr(0, 12));
}

Result<int> which(const WhichOptions& options, Terminal& terminal) {
  FORGE_ASSIGN(const auto config, load_config(options.project));
  const std::string organisation = options.organisation.empty() ? config.organisation : options.organisation;
  const ModuleFinder finder({options.project, organisation});
  FORGE_ASSIGN(const auto found, finder.find(options.name));
  print(found, "serves", terminal);
  if (found.layer == Layer::project && !organisation.empty()) {
    if (auto below = finder.find("org:" + found.name)) print(*below, "covers", terminal);
  }
  if (found.layer != Layer::builtin) {
    if (auto below = finder.find("builtin:" + found.name)) print(*below, "covers", terminal);
  }
  return 0;
}

}  // namespace

void add_which(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<WhichOptions>();
  auto* command = app.add_subcommand("which", "Say which file serves a Lua module, and from which layer");
  command->add_option("name", options->name, "A module, such as strategies.policy")->required();
  command->add_option("--project", options->project, "The project's folder")->capture_default_str();
  command->add_option("--org", options->organisation, "The organisation's folder");
  command->callback(
      [&chosen, options] { chosen = [options](Terminal& terminal) { return which(*options, terminal); }; });
}

}  // namespace forge
