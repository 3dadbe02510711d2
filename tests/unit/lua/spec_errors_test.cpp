// Mistakes in specs, and the exact text that their authors see. Each is a file in tests/lua/errors with its text beside it;
// FORGELUA_ACCEPT=1 writes the texts anew, for review.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/lua/embedded.hpp"
#include "engine/lua/spec.hpp"

using namespace forge;
namespace fs = std::filesystem;

namespace {

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<fs::path> mistakes() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(source_root()) / "tests/lua/errors")) {
    if (entry.path().string().ends_with(".migration.lua")) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

// A first line `-- engine: NAME` says which engine the spec is read for.
std::string engine_of(const std::string& text) {
  const std::string mark = "-- engine: ";
  return text.starts_with(mark) ? text.substr(mark.size(), text.find('\n') - mark.size()) : "sqlite";
}

// The text with the folder's own path taken off, so that it is the same in every checkout.
std::string shown(const fs::path& file) {
  EvaluateOptions options;
  options.engine = engine_of(read(file));
  const auto spec = evaluate_spec(file.string(), options);
  if (spec) return "no error\n";
  auto text = render(spec.error());
  const auto folder = file.parent_path().string() + "/";
  for (auto at = text.find(folder); at != std::string::npos; at = text.find(folder)) text.erase(at, folder.size());
  return text;
}

}  // namespace

TEST_CASE("every mistake has its exact text", "[spec][errors]") {
  const auto files = mistakes();
  CHECK(files.size() >= 100);
  const bool accept = std::getenv("FORGELUA_ACCEPT") != nullptr;
  for (const auto& file : files) {
    const auto expected = fs::path(file.string().substr(0, file.string().size() - 14) + ".expected");
    const auto text = shown(file);
    if (accept) std::ofstream(expected, std::ios::binary) << text;
    INFO(file.filename().string());
    CHECK(text == read(expected));
  }
}
