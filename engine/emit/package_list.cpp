#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "engine/base/files.hpp"
#include "engine/emit/package.hpp"
#include "engine/model/json.hpp"

namespace forge {
namespace {

// What stands in every package, or may.
constexpr const char* kWhole[] = {"forgelua.ts",
                                  "forward.ts",
                                  "rollback.ts",
                                  "validation.ts",
                                  "phases/0-baseline.ts",
                                  "forward.sql",
                                  "rollback.sql",
                                  "validation.sql",
                                  "phases/0-baseline.sql",
                                  "backfill.md",
                                  "risk-matrix.md",
                                  "migration-plan.md",
                                  "runbook.md",
                                  "digest.md",
                                  "plan.json",
                                  "evidence.json"};

constexpr std::array<std::string_view, 3> kScripts = {"forward", "rollback", "validation"};

// Reads of a plan.json its format and the names of its scripts, and stops behind these: the plan of thousands of tables has
// tens of megabytes, of which nothing else is asked.
class NameReader : public nlohmann::json_sax<Json> {
 public:
  std::string format;
  std::vector<std::string> names;
  bool whole = false;   // the list has been read to its end
  bool broken = false;  // it is no list of objects with the three names

  bool key(string_t& name) override {
    if (depth_ == 1) member_ = name;
    if (depth_ == 3) field_ = name;
    return true;
  }
  bool string(string_t& text) override {
    if (depth_ == 1 && member_ == "format") format = text;
    if (!in_list()) return true;
    if (depth_ != 3) return wrong();
    if (std::ranges::find(kScripts, field_) == kScripts.end()) return true;
    if (!stays_inside(text)) return wrong();
    names.push_back(text);
    ++named_;
    return true;
  }
  bool start_object(std::size_t) override {
    if (in_list() && depth_ != 2) return wrong();
    named_ = 0;
    return ++depth_, true;
  }
  bool end_object() override {
    if (in_list() && depth_ == 3 && named_ != kScripts.size()) return wrong();
    return --depth_, true;
  }
  bool start_array(std::size_t) override {
    if (in_list() && depth_ != 1) return wrong();
    return ++depth_, true;
  }
  bool end_array() override {
    --depth_;
    whole = in_list() && depth_ == 1;
    return !whole;
  }
  bool null() override { return other(); }
  bool boolean(bool) override { return other(); }
  bool number_integer(number_integer_t) override { return other(); }
  bool number_unsigned(number_unsigned_t) override { return other(); }
  bool number_float(number_float_t, const string_t&) override { return other(); }
  bool binary(binary_t&) override { return other(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  bool in_list() const { return member_ == "files"; }
  bool wrong() { return broken = true, false; }
  // Where a name is due, nothing else stands for it.
  bool other() {
    const bool name = depth_ == 3 && std::ranges::find(kScripts, field_) != kScripts.end();
    return !in_list() || (depth_ == 3 && !name) ? true : wrong();
  }

  std::size_t depth_ = 0, named_ = 0;
  std::string member_, field_;
};

std::unexpected<Error> no_package(const std::filesystem::path& folder, const std::string& why) {
  return fail(ErrorCode::io, fmt::format("'{}' is not empty and holds no package: {}", folder.string(), why),
              "name a folder that is new or empty, or that holds a package and nothing else");
}

}  // namespace

Result<std::vector<std::string>> package_files(const std::filesystem::path& folder) {
  const auto text = read_file(folder / "plan.json");
  if (!text) return no_package(folder, text.error().message);
  NameReader read;
  Json::sax_parse(*text, &read);
  if (read.format != "forgelua.plan" || (!read.whole && !read.broken)) {
    return no_package(folder, "its plan.json is none of forgelua's");
  }
  if (read.broken) return no_package(folder, "the list of files in its plan.json is broken");
  std::vector<std::string> names(std::begin(kWhole), std::end(kWhole));
  std::ranges::move(read.names, std::back_inserter(names));
  return names;
}

}  // namespace forge
