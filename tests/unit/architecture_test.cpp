// The folders of engine/ depend on each other one way only; this reads every include and says where one does not.
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <ranges>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lua/embedded.hpp"

namespace fs = std::filesystem;

namespace {

// A folder may include itself and those that stand before it.
constexpr std::array<std::string_view, 10> kLayers = {"base", "model", "diff", "plan", "order",
                                                      "emit", "db",    "exec", "lua",  "cli"};
constexpr std::size_t kMaxLines = 400;

struct SourceFile {
  std::string path;  // relative to the checkout
  std::string layer;
  std::vector<std::string> lines;
};

std::vector<std::string> read_lines(const fs::path& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<SourceFile> engine_files() {
  const fs::path root = forge::source_root();
  std::vector<SourceFile> files;
  for (const auto& entry : fs::recursive_directory_iterator(root / "engine")) {
    const auto extension = entry.path().extension();
    if (extension != ".cpp" && extension != ".hpp") continue;
    const auto relative = fs::relative(entry.path(), root);
    files.push_back({relative.generic_string(), std::next(relative.begin())->string(), read_lines(entry.path())});
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

std::size_t rank(std::string_view layer) {
  return static_cast<std::size_t>(std::ranges::find(kLayers, layer) - kLayers.begin());
}

bool is_lua_header(const std::string& name) {
  static const std::regex pattern(R"((luajit-2\.1/)?(lua\.hpp|lua\.h|luajit\.h|lauxlib\.h|lualib\.h))");
  return std::regex_match(name, pattern);
}

bool is_client_header(const std::string& name) {
  static const std::regex pattern(
      R"((postgresql/)?libpq.*\.h|sqlite3(ext)?\.h|(mysql|mariadb)(/.*|\.h)|mongoc.*|bson.*)");
  return std::regex_match(name, pattern);
}

// What is wrong with `file` including `name`; empty where nothing is.
std::string complaint(const SourceFile& file, const std::string& name) {
  if (is_lua_header(name) && file.layer != "lua") return "Lua's headers belong in engine/lua";
  if (is_client_header(name) && file.layer != "db") return "database clients belong in engine/db";
  if (!name.starts_with("engine/")) return {};
  const auto layer = name.substr(7, name.find('/', 7) - 7);
  if (rank(layer) == kLayers.size()) return "no such layer";
  if (rank(layer) > rank(file.layer)) return file.layer + " stands before " + layer;
  return {};
}

std::vector<std::string> include_complaints(const SourceFile& file) {
  static const std::regex include(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"].*)");
  std::vector<std::string> out;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    std::smatch match;
    if (!std::regex_match(file.lines[i], match, include)) continue;
    const auto text = complaint(file, match[1].str());
    if (!text.empty()) {
      out.push_back(file.path + ":" + std::to_string(i + 1) + ": " + match[1].str() + ": " + text);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("every folder of engine/ is a known layer", "[architecture]") {
  const auto files = engine_files();
  REQUIRE_FALSE(files.empty());
  for (const auto& file : files) {
    INFO(file.path);
    CHECK(rank(file.layer) < kLayers.size());
  }
}

TEST_CASE("includes go one way, and foreign headers stay where they belong", "[architecture]") {
  for (const auto& file : engine_files()) {
    for (const auto& text : include_complaints(file)) FAIL_CHECK(text);
  }
}

TEST_CASE("the include check sees what it forbids", "[architecture]") {
  const auto found = [](const std::string& layer, std::string line) {
    return include_complaints({"engine/" + layer + "/x.cpp", layer, {std::move(line)}}).size();
  };
  CHECK(found("model", "#include \"engine/diff/change.hpp\"") == 1);
  CHECK(found("diff", "#include \"engine/model/schema.hpp\"") == 0);
  CHECK(found("diff", "  #  include <lua.hpp>") == 1);
  CHECK(found("lua", "#include <lua.hpp>") == 0);
  CHECK(found("exec", "#include <sqlite3.h>") == 1);
  CHECK(found("cli", "#include <mysql/mysql.h>") == 1);
  CHECK(found("db", "#include <libpq-fe.h>") == 0);
  CHECK(found("base", "#include \"engine/other/x.hpp\"") == 1);
}

TEST_CASE("no source file of the engine is longer than 400 lines", "[architecture]") {
  for (const auto& file : engine_files()) {
    INFO(file.path << " has " << file.lines.size() << " lines");
    CHECK(file.lines.size() <= kMaxLines);
  }
}

TEST_CASE("embedded files are the checkout's, sorted by path", "[architecture]") {
  const auto files = forge::embedded_files();
  CHECK(std::ranges::is_sorted(files, {}, &forge::EmbeddedFile::path));
  for (const auto& file : files) {
    std::ifstream in(fs::path(forge::source_root()) / file.path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    INFO(file.path);
    CHECK(text == file.text);
  }
}
