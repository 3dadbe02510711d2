#include "tests/support/product.hpp"

#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <sstream>
#include <string_view>
#include <vector>

#include "tests/support/texts.hpp"

namespace forge::test {
namespace fs = std::filesystem;
namespace {

// The text with every hash blanked: the approved files show what is planned and written, and the hashes of the modules
// that did it change with each comment in them. That a hash is right is for its own tests.
std::string without_hashes(const std::string& text) {
  constexpr std::size_t kShortest = 16;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && std::string_view("0123456789abcdef").find(text[end]) != std::string_view::npos) ++end;
    if (end == at) ++end;
    out += end - at < kShortest ? text.substr(at, end - at) : "(hash)";
    at = end;
  }
  return out;
}

std::vector<std::string> approved_files(const Case& given, const fs::path& package) {
  if (given.approve != "whole") return {"digest.md", "forward.sql", "rollback.sql"};
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(package)) {
    if (entry.is_regular_file()) names.push_back(fs::relative(entry.path(), package).string());
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace

std::string source_folder() { return FORGELUA_TEST_SOURCE_DIR; }

std::string product_line(const std::string& arguments) {
  const fs::path self = fs::read_symlink("/proc/self/exe");
  return shell_quote((self.parent_path() / "forgelua").string()) + " " + arguments;
}

Outcome run_product(const std::string& arguments) { return run_shell(product_line(arguments), {}, source_folder()); }

void check_approved(const Case& given, const std::string& engine, const fs::path& package) {
  const fs::path approved = fs::path(given.folder) / "approved" / engine;
  const bool refresh = environment("FORGELUA_APPROVE") == "1";
  if (refresh) fs::remove_all(approved);
  for (const auto& name : approved_files(given, package)) {
    const std::string made = without_hashes(slurp(package / name));
    if (refresh) {
      fs::create_directories((approved / name).parent_path());
      std::ofstream(approved / name, std::ios::binary) << made;
      continue;
    }
    INFO("approved file " << (approved / name).string() << " (FORGELUA_APPROVE=1 refreshes it)");
    CHECK(slurp(approved / name) == made);
  }
}

}  // namespace forge::test
