#include "engine/cli/app.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string_view>
#include <vector>

#include "engine/base/secrets.hpp"

namespace forge {
namespace {

constexpr int kUsageExit = 64;
constexpr int kInternalExit = 1;

constexpr const char* kFooter =
    "Exit codes: 0 ok, 1 error, 2 differences (with --exit-code), 3 refused by policy, "
    "4 another runner is at work, 5 partly done and resumable, 64 wrong usage.\n"
    "Begin with: forgelua run examples/quickstart.migration.lua --db=sqlite";

void report(const Error& error, Terminal& terminal) {
  if (!terminal.json) {
    terminal.err << render(error);
    return;
  }
  nlohmann::ordered_json line{{"version", 1}, {"type", "error"}, {"message", without_secrets(error.message)}};
  if (error.place) {
    line["file"] = error.place->file;
    line["line"] = error.place->line;
    line["column"] = error.place->column;
  }
  if (!error.hint.empty()) line["hint"] = error.hint;
  if (!error.notes.empty()) line["notes"] = error.notes;
  line["exit_code"] = exit_code(error);
  terminal.out << line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
}

// The commands that may follow, for a slip in the first word.
std::string first_word(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    if (argv[i][0] != '-') return argv[i];
  }
  return "";
}

int usage_error(const CLI::ParseError& problem, const CLI::App& app, const std::string& word, Terminal& terminal) {
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands({})) names.push_back(command->get_name());
  std::string list;
  for (const auto& name : names) list += " " + name;
  const bool known = std::find(names.begin(), names.end(), word) != names.end();
  Error error{ErrorCode::usage, std::string("forgelua: ") + problem.what(), {}, {}, {}, {}};
  error.hint = known ? fmt::format("forgelua {} --help lists its options", word)
                     : fmt::format("the commands are{}; forgelua --help tells what each does", list);
  report(error, terminal);
  return kUsageExit;
}

int run_parsed(CLI::App& app, const Command& chosen, Terminal& terminal) {
  if (!chosen) {
    terminal.err << app.help();
    return kUsageExit;
  }
  try {
    auto done = chosen(terminal);
    if (done) return *done;
    report(done.error(), terminal);
    return exit_code(done.error());
  } catch (const std::exception& broken) {
    report(Error{ErrorCode::internal,
                 fmt::format("internal error: {}", broken.what()),
                 "this is a defect of forgelua; nothing was written",
                 {},
                 {},
                 {}},
           terminal);
    return kInternalExit;
  }
}

}  // namespace

int run_app(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  CLI::App app{"Zero-downtime schema migrations from a declarative spec", "forgelua"};
  app.footer(kFooter);
  app.set_version_flag("--version", "forgelua " FORGELUA_VERSION);
  Terminal terminal{out, err};
  app.add_flag("--json", terminal.json, "One JSON object a line on standard output");
  app.fallthrough();
  Command chosen;
  add_run(app, chosen);
  add_explain(app, chosen);
  add_inspect(app, chosen);
  add_diff(app, chosen);
  add_which(app, chosen);
  add_doc(app, chosen);
  add_policy(app, chosen);
  add_apply(app, chosen);
  add_rollback(app, chosen);
  add_test(app, chosen);
  add_status(app, chosen);
  add_verify(app, chosen);
  add_backfill(app, chosen);
  add_backup(app, chosen);
  add_restore(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {
    app.exit(wanted, out, err);  // --help, --version
    return 0;
  } catch (const CLI::ParseError& error) {
    // The flag may stand behind what could not be read.
    terminal.json = std::find(argv, argv + argc, std::string_view("--json")) != argv + argc;
    return usage_error(error, app, first_word(argc, argv), terminal);
  }
  return run_parsed(app, chosen, terminal);
}

}  // namespace forge
