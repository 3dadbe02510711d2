#include "engine/cli/app.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <string_view>
#include <vector>

#include "engine/base/secrets.hpp"
#include "engine/base/spelling.hpp"

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

// How far a command line is understood: the command, what it is called, and the word behind it that is no command.
struct Understood {
  const CLI::App* command = nullptr;
  std::string called = "forgelua";
  std::string word;
};

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

Understood understood(int argc, const char* const* argv, const CLI::App& app) {
  Understood out{&app, "forgelua", {}};
  for (int i = 1; i < argc; ++i) {
    if (argv[i][0] == '-') continue;
    const auto names = commands_of(*out.command);
    if (std::find(names.begin(), names.end(), argv[i]) == names.end()) {
      if (!names.empty()) out.word = argv[i];
      break;
    }
    out.command = out.command->get_subcommand(std::string(argv[i]));
    out.called += std::string(" ") + argv[i];
  }
  return out;
}

// The option that an unknown one was meant to be.
std::optional<std::string> option_near(std::string_view message, const CLI::App& command) {
  const auto list = message.find("not expected: ");
  const auto at = list == std::string_view::npos ? list : message.find(" --", list);
  if (at == std::string_view::npos) return std::nullopt;
  const auto given = message.substr(at + 3, message.find_first_of(" =", at + 3) - at - 3);
  std::vector<std::string> names{"json"};
  for (const auto* option : command.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back(name);
  }
  return nearest(given, names);
}

int usage_error(const CLI::ParseError& problem, const Understood& line, Terminal& terminal) {
  Error error{ErrorCode::usage, std::string("forgelua: ") + problem.what(), {}, {}, {}, {}};
  const auto names = commands_of(*line.command);
  if (!line.word.empty()) {
    error.message = fmt::format("{} has no command '{}'", line.called, line.word);
    const auto near = nearest(line.word, names);
    error.hint =
        near ? fmt::format("did you mean '{}'?", *near)
             : fmt::format("the commands are {}; {} --help tells what each does", fmt::join(names, " "), line.called);
  } else if (const auto near = option_near(error.message, *line.command)) {
    error.hint = fmt::format("did you mean '--{}'?", *near);
  } else {
    error.hint = names.empty() ? fmt::format("{} --help lists its options", line.called)
                               : fmt::format("the commands are {}; {} --help tells what each does",
                                             fmt::join(names, " "), line.called);
  }
  report(error, terminal);
  return kUsageExit;
}

int run_parsed(CLI::App& app, const Command& chosen, Terminal& terminal) {
  if (!chosen) {
    if (terminal.json) {
      report(Error{ErrorCode::usage, "a command is required", "forgelua --help lists them", {}, {}, {}}, terminal);
    } else {
      terminal.err << app.help();
    }
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
    return usage_error(error, understood(argc, argv, app), terminal);
  }
  return run_parsed(app, chosen, terminal);
}

}  // namespace forge
