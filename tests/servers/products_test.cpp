// Pairs of SQL scripts, ours and real products', through the product as its users have it, on a real server.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/support/engines.hpp"
#include "tests/support/normalise.hpp"
#include "tests/support/process.hpp"
#include "tests/support/product.hpp"
#include "tests/support/texts.hpp"

using namespace forge::test;
namespace fs = std::filesystem;

namespace {

struct Pair {
  std::string name, before, after;
};

// Every pair of the collection for an engine: pairs/SUITE/ENGINE/CASE, neighbours of history/PRODUCT/ENGINE and first to
// last of them.
std::vector<Pair> collection(const fs::path& root, const std::string& engine) {
  std::vector<Pair> out;
  for (const auto& suite : fs::directory_iterator(root / "pairs")) {
    if (!fs::exists(suite.path() / engine)) continue;
    for (const auto& one : fs::directory_iterator(suite.path() / engine)) {
      const auto name = suite.path().filename().string() + "/" + one.path().filename().string();
      out.push_back({name, (one.path() / "before.sql").string(), (one.path() / "after.sql").string()});
    }
  }
  for (const auto& product : fs::directory_iterator(root / "history")) {
    if (!fs::exists(product.path() / engine)) continue;
    std::vector<std::string> files;
    for (const auto& one : fs::directory_iterator(product.path() / engine)) files.push_back(one.path().string());
    std::ranges::sort(files);
    const auto stem = [](const std::string& file) { return fs::path(file).stem().string().substr(0, 2); };
    const auto add = [&](const std::string& from, const std::string& to) {
      out.push_back({product.path().filename().string() + "/" + stem(from) + "-" + stem(to), from, to});
    };
    for (std::size_t i = 1; i < files.size(); ++i) add(files[i - 1], files[i]);
    if (files.size() > 2) add(files.front(), files.back());
  }
  std::ranges::sort(out, {}, &Pair::name);
  return out;
}

// One pair on one server; the verdict is "passed", "unchanged", "halted: …" (a script asks for
// rows that its schema cannot take, finds some and changes nothing), "refused: …" or "WRONG: …".
class ProductRun {
 public:
  ProductRun(Engine& engine, std::string url, const Pair& pair) : engine_(engine), url_(std::move(url)), pair_(pair) {}

  std::string verdict() {
    std::ofstream(folder_.file("p.migration.lua"))
        << "migration \"p\" {\n  environment = \"development\",\n  before = from_sql [[" << pair_.before
        << "]],\n  after = from_sql [[" << pair_.after << "]],\n}\n";
    const auto wanted = dump_of(slurp(pair_.after));
    const auto old = dump_of(slurp(pair_.before), false);
    const auto made =
        run_product("run " + shell_quote(folder_.file("p.migration.lua")) + " --db=" + engine_.name() +
                    " --dev-url=" + shell_quote(url_) + " --time-limit 60000 --now 2026-01-01T00:00:00Z --out " +
                    shell_quote(folder_.file("o")) + " --status " + shell_quote(folder_.file("s.yml")));
    if (made.exit_code != 0) return drop("refused: " + reason(made.err));
    const bool changed = fs::exists(folder_.file("o/forward.sql"));
    if (!changed)
      return drop(wanted == old ? "unchanged"
                                : "WRONG: the schemas differ and nothing is planned" + difference(old, wanted));
    return drop(on_database(old, wanted));
  }

 private:
  static constexpr const char* kDatabase = "forgelua_products";

  static std::string reason(const std::string& text) {
    const auto line = text.substr(0, text.find('\n'));
    const auto colon = line.find(".lua:");
    const auto begin = colon == std::string::npos ? 0 : line.find(": ", colon) + 2;
    return line.substr(begin, 160);
  }

  std::vector<std::string> dump_of(const std::string& sql, bool drop_after = true) {
    // Roles that a script names belong to the server, not to the schema: they are there before anything is run.
    constexpr int kRoles = 20;
    for (int i = 0; i < kRoles; ++i) {
      engine_.create_database(kDatabase);
      const auto outcome = engine_.run_script(kDatabase, sql);
      const auto role = missing_role(outcome.err);
      if (role.empty()) break;
      engine_.query("postgres", "CREATE ROLE \"" + role + "\"");
      roles_.push_back(role);
    }
    auto dump = engine_.dump_schema(kDatabase);
    if (drop_after) engine_.drop_database(kDatabase);
    return dump;
  }
  std::string drop(std::string verdict) {
    engine_.drop_database(kDatabase);
    for (const auto& role : roles_)
      engine_.query("postgres", "DROP OWNED BY \"" + role + "\"; DROP ROLE \"" + role + "\"");
    return verdict;
  }

  static std::string missing_role(const std::string& err) {
    const std::string before = "ERROR:  role \"", after = "\" does not exist";
    const auto at = err.find(before);
    if (at == std::string::npos) return "";
    const auto begin = at + before.size(), end = err.find(after, begin);
    return end == std::string::npos ? "" : err.substr(begin, end - begin);
  }

  static std::string difference(const std::vector<std::string>& is, const std::vector<std::string>& wanted) {
    std::vector<std::string> missing, extra;
    std::ranges::set_difference(wanted, is, std::back_inserter(missing));
    std::ranges::set_difference(is, wanted, std::back_inserter(extra));
    std::string out;
    for (const auto& text : extra) out += "\n    is    " + own_lines(text, missing);
    for (const auto& text : missing) out += "\n    wants " + own_lines(text, extra);
    return out.substr(0, 1500);
  }

  // The head of an object and those of its lines that the one of the same head among `others` has not.
  static std::string own_lines(const std::string& text, const std::vector<std::string>& others) {
    const auto lines = split_lines(text);
    for (const auto& other : others) {
      const auto theirs = split_lines(other);
      if (theirs.front() != lines.front()) continue;
      std::string out = lines.front();
      for (const auto& line : lines) {
        if (std::ranges::find(theirs, line) == theirs.end()) out += "\n      " + line;
      }
      return out;
    }
    return text;
  }

  // The database stands at `before`.
  std::string on_database(const std::vector<std::string>& old, const std::vector<std::string>& wanted) {
    if (auto bad = script("forward.sql"); !bad.empty()) return stopped("forward", bad, old);
    if (auto is = engine_.dump_schema(kDatabase); is != wanted) return "WRONG: after forward" + difference(is, wanted);
    if (auto left = second_diff(pair_.after); !left.empty()) return "WRONG: a second diff after forward\n" + left;
    if (auto bad = script("rollback.sql"); !bad.empty()) return stopped("rollback", bad, wanted);
    if (auto is = engine_.dump_schema(kDatabase); is != old) return "WRONG: after rollback" + difference(is, old);
    if (auto left = second_diff(pair_.before); !left.empty()) return "WRONG: a second diff after rollback\n" + left;
    return "passed";
  }

  // A script may stop for the sake of rows, where it says so before it has changed anything.
  std::string stopped(const std::string& what, const std::string& bad, const std::vector<std::string>& untouched) {
    const bool asked =
        bad.find("expected 0, found ") != std::string::npos && engine_.dump_schema(kDatabase) == untouched;
    return (asked ? "halted: " : "WRONG: ") + what + ": " + bad;
  }

  // What forgelua itself still finds between the database and the script that it should be equal to.
  std::string second_diff(const std::string& file) {
    const auto options = url_.find('?');
    const auto database = url_.substr(0, url_.rfind('/', options) + 1) + kDatabase + url_.substr(options);
    const auto found = run_product("diff " + shell_quote(database) + " " + shell_quote(file) +
                                   " --exit-code --db=" + engine_.name() + " --dev-url=" + shell_quote(url_));
    return found.exit_code == 0 ? "" : (found.out + found.err).substr(0, 1500);
  }

  std::string script(const std::string& name) {
    const auto outcome = engine_.run_script(kDatabase, slurp(folder_.file("o/" + name)));
    const auto error = outcome.err.find("ERROR");
    if (outcome.exit_code == 0 && error == std::string::npos) return "";
    return outcome.err.substr(error == std::string::npos ? 0 : error, 300);
  }

  Engine& engine_;
  std::string url_;
  const Pair& pair_;
  TemporaryFolder folder_;
  std::vector<std::string> roles_;
};

void print(const std::map<std::string, std::map<std::string, int>>& suites, const std::map<std::string, int>& reasons) {
  std::printf("%-20s %7s %9s %9s %8s %8s %6s\n", "suite", "pairs", "passed", "unchanged", "halted", "refused", "wrong");
  for (const auto& [suite, counts] : suites) {
    const auto of = [&](const char* kind) { return counts.contains(kind) ? counts.at(kind) : 0; };
    int all = 0;
    for (const auto& [kind, count] : counts) all += count;
    std::printf("%-20s %7d %9d %9d %8d %8d %6d\n", suite.c_str(), all, of("passed"), of("unchanged"), of("halted"),
                of("refused"), of("WRONG"));
  }
  std::vector<std::pair<int, std::string>> sorted;
  for (const auto& [reason, count] : reasons) sorted.emplace_back(-count, reason);
  std::ranges::sort(sorted);
  for (const auto& [count, reason] : sorted) std::printf("%5d  %s\n", -count, reason.c_str());
}

// A survey, not a gate: it prints what passes and why the rest does not. FORGELUA_PRODUCT=name runs one pair. `folders` of
// the collection hold SQL that the engine takes.
void survey(const std::string& name, const char* variable, const std::vector<std::string>& folders) {
  const auto root = environment("FORGELUA_CORPORA"), url = environment(variable);
  if (root.empty() || url.empty()) SKIP("FORGELUA_CORPORA and " << variable << " name a collection and a server");
  auto engine = open_engine(name);
  REQUIRE(engine);
  const auto only = environment("FORGELUA_PRODUCT");
  std::map<std::string, std::map<std::string, int>> suites;
  std::map<std::string, int> reasons;
  for (const auto& folder : folders) {
    for (const auto& pair : collection(root, folder)) {
      if (!only.empty() && pair.name.find(only) == std::string::npos) continue;
      std::string verdict;
      try {
        verdict = ProductRun(*engine, url, pair).verdict();
      } catch (const std::exception& broken) {
        verdict = std::string("WRONG: ") + broken.what();
      }
      const auto kind = verdict.substr(0, verdict.find(':'));
      std::printf("%s: %s\n", pair.name.c_str(), verdict.c_str());
      std::fflush(stdout);
      ++suites[pair.name.substr(0, pair.name.find('/'))][kind];
      if (kind == "refused") ++reasons[verdict.substr(0, verdict.find('\n'))];
    }
  }
  print(suites, reasons);
}

// A file of tests/pairs holds both scripts of a pair, with `-- becomes` between them. Its first line says what is to come of
// it, where that is not "passed": `-- refused`, `-- unchanged` or `-- halted`. FORGELUA_PRODUCT=name runs one.
void own_pairs(const std::string& name, const char* variable, const std::string& folder) {
  const auto url = environment(variable);
  if (url.empty()) SKIP("no server: " << variable << " is not set");
  auto engine = open_engine(name);
  REQUIRE(engine);
  const auto only = environment("FORGELUA_PRODUCT");
  std::vector<fs::path> files;
  for (const auto& one : fs::directory_iterator("tests/pairs/" + folder)) files.push_back(one.path());
  std::ranges::sort(files);
  for (const auto& file : files) {
    if (!only.empty() && file.stem().string().find(only) == std::string::npos) continue;
    const std::string text = slurp(file), between = "\n-- becomes\n";
    const auto middle = text.find(between);
    REQUIRE(middle != std::string::npos);
    TemporaryFolder folder_of_scripts;
    const Pair pair{file.stem().string(), folder_of_scripts.file("before.sql"), folder_of_scripts.file("after.sql")};
    std::ofstream(pair.before, std::ios::binary) << text.substr(0, middle + 1);
    std::ofstream(pair.after, std::ios::binary) << text.substr(middle + between.size());
    const auto wanted = text.starts_with("-- ") ? text.substr(3, text.find('\n') - 3) : std::string("passed");
    const auto verdict = ProductRun(*engine, url, pair).verdict();
    INFO(file << ": " << verdict);
    CHECK(verdict.substr(0, verdict.find(':')) == wanted);
  }
}

}  // namespace

TEST_CASE("pairs of SQL scripts on PostgreSQL", "[scripts][postgres]") {
  own_pairs("postgres", "FORGELUA_TEST_POSTGRES_URL", "postgres");
}

TEST_CASE("pairs of SQL scripts on MySQL", "[scripts][mysql]") {
  own_pairs("mysql", "FORGELUA_TEST_MYSQL_URL", "mysql");
}

TEST_CASE("pairs of SQL scripts on MariaDB", "[scripts][mariadb]") {
  own_pairs("mariadb", "FORGELUA_TEST_MARIADB_URL", "mysql");
}

TEST_CASE("pairs of real schemas on PostgreSQL", "[.products][postgres]") {
  survey("postgres", "FORGELUA_TEST_POSTGRES_URL", {"postgres"});
}

TEST_CASE("pairs of real schemas on MySQL", "[.products][mysql]") {
  survey("mysql", "FORGELUA_TEST_MYSQL_URL", {"mysql"});
}

TEST_CASE("pairs of real schemas on MariaDB", "[.products][mariadb]") {
  survey("mariadb", "FORGELUA_TEST_MARIADB_URL", {"mariadb", "mysql"});
}
