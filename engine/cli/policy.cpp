// `forgelua policy test DIR`: an organisation's tests of its policy, in the sandbox that the policy runs in.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <ostream>

#include "engine/base/files.hpp"
#include "engine/cli/app.hpp"
#include "engine/lua/call.hpp"
#include "engine/lua/modules.hpp"
#include "engine/lua/values.hpp"

namespace forge {
namespace fs = std::filesystem;
namespace {

struct PolicyOptions {
  std::string folder;
  std::string organisation;
  std::string format = "tap";
};

struct TestCase {
  std::string suite, name, message;
  bool ok = false;

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("suite", self.suite);
    visit("name", self.name);
    visit("message", self.message);
    visit("ok", self.ok);
  }
};

struct FileResult {
  std::string file;
  std::vector<TestCase> cases;
};

struct Results {
  double total = 0, failed = 0;
  std::vector<TestCase> cases;

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("total", self.total);
    visit("failed", self.failed);
    visit("cases", self.cases);
  }
};

Result<std::vector<fs::path>> test_files(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return fail(ErrorCode::usage, fmt::format("'{}' is no folder", folder.string()),
                "give the folder that holds *_test.lua");
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().filename().string().ends_with("_test.lua"))
      files.push_back(entry.path());
  }
  std::ranges::sort(files);
  if (files.empty()) return fail(ErrorCode::usage, fmt::format("no *_test.lua in '{}'", folder.string()));
  return files;
}

// A file that cannot be run counts as one failed case: the others still run.
TestCase broken(const Error& error) { return {"", "the file runs", render(error), false}; }

Result<std::vector<TestCase>> run_file(const fs::path& file, const PolicyOptions& options) {
  FORGE_ASSIGN(auto text, read_file(file));
  FORGE_ASSIGN(auto state, LuaState::create());
  Modules modules(*state, {file.parent_path().string(), options.organisation});
  std::vector<TestCase> cases;
  const auto registered = state->protect([&](lua_State* L) -> Result<void> {
    modules.install(L);
    auto loaded = state->load(text, file.string(), Layer::project);
    if (loaded) lua_call(L, 0, 0);
    return loaded;
  });
  FORGE_TRY(registered);
  FORGE_TRY(lua::call(
      *state, "forge.test", "run", [](lua_State*) { return 0; },
      [&](lua_State* L) -> Result<void> {
        FORGE_ASSIGN(auto results, lua::read<Results>(L, -1, "results"));
        cases = std::move(results.cases);
        return {};
      }));
  if (cases.empty()) {
    cases.push_back({"", "the file states tests", "it has none: write t.it(\"what holds\", function() … end)", false});
  }
  return cases;
}

std::string title(const TestCase& one) { return one.suite.empty() ? one.name : one.suite + " > " + one.name; }

// On one line, and without what TAP takes for a directive.
std::string tap_title(const TestCase& one) {
  std::string out;
  for (const char c : escape_control(title(one))) {
    if (c == '#' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

void print_tap(const std::vector<FileResult>& files, std::ostream& out) {
  std::size_t total = 0, number = 0;
  for (const auto& file : files) total += file.cases.size();
  out << "TAP version 13\n1.." << total << "\n";
  for (const auto& file : files) {
    for (const auto& one : file.cases) {
      out << fmt::format("{} {} - {}: {}\n", one.ok ? "ok" : "not ok", ++number, file.file, tap_title(one));
      if (one.ok) continue;
      std::string message = escape_control(one.message);
      for (std::size_t at = 0; (at = message.find('\n', at)) != std::string::npos; at += 5)
        message.replace(at, 1, "\n  # ");
      out << "  # " << message << "\n";
    }
  }
}

std::string xml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return escape_control(out);
}

void print_junit(const std::vector<FileResult>& files, std::ostream& out) {
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const auto& file : files) {
    const auto failures = std::ranges::count(file.cases, false, &TestCase::ok);
    out << fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n", xml(file.file), file.cases.size(),
                       failures);
    for (const auto& one : file.cases) {
      out << fmt::format("    <testcase classname=\"{}\" name=\"{}\"", xml(one.suite), xml(one.name));
      if (one.ok) {
        out << "/>\n";
      } else {
        out << fmt::format(">\n      <failure message=\"{}\"/>\n    </testcase>\n", xml(one.message));
      }
    }
    out << "  </testsuite>\n";
  }
  out << "</testsuites>\n";
}

Result<int> test(const PolicyOptions& options, Terminal& terminal) {
  FORGE_ASSIGN(const auto paths, test_files(options.folder));
  std::vector<FileResult> files;
  std::size_t passed = 0, failed = 0;
  for (const auto& path : paths) {
    auto cases = run_file(path, options);
    FileResult file{path.string(), cases ? std::move(*cases) : std::vector{broken(cases.error())}};
    for (const auto& one : file.cases) ++(one.ok ? passed : failed);
    files.push_back(std::move(file));
  }
  if (options.format == "junit") {
    print_junit(files, terminal.out);
  } else {
    print_tap(files, terminal.out);
  }
  terminal.err << passed << " passed, " << failed << " failed\n";
  return failed == 0 ? 0 : 1;
}

}  // namespace

void add_policy(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<PolicyOptions>();
  auto* command = app.add_subcommand("policy", "Work on policies");
  command->require_subcommand(1);
  auto* tests = command->add_subcommand("test", "Run the *_test.lua files of a folder in the policies' sandbox");
  tests->add_option("dir", options->folder, "The folder")->required();
  tests->add_option("--org", options->organisation, "The organisation's folder of modules");
  tests->add_option("--format", options->format, "tap or junit")
      ->check(CLI::IsMember({"tap", "junit"}))
      ->capture_default_str();
  tests->callback([&chosen, options] { chosen = [options](Terminal& terminal) { return test(*options, terminal); }; });
}

}  // namespace forge
