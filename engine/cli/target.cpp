#include "engine/cli/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <map>

#include "engine/base/spelling.hpp"

namespace forge {
namespace {

const std::map<std::string, std::string>& aliases() {
  static const std::map<std::string, std::string> kAliases{
      {"postgresql", "postgres"}, {"pg", "postgres"}, {"sqlite3", "sqlite"}, {"mongo", "mongodb"}};
  return kAliases;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::unexpected<Error> unknown_engine(const std::string& name) {
  const auto best = nearest(name, known_engines());
  return fail(ErrorCode::usage, fmt::format("unknown database '{}'; known are {}", name, joined(known_engines())),
              best ? fmt::format("did you mean '{}'?", *best) : "write it as --db=postgres or --db=mysql:8.4");
}

bool numeric_version(const std::string& text) {
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0])) == 0) return false;
  return std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0 || c == '.'; });
}

// The versions that are served: from the first to the last major one.
struct Served {
  std::string_view engine, words;
  int major, minor, last;
};

constexpr std::array<Served, 5> kServed = {{{"sqlite", "3.40 and later", 3, 40, 3},
                                            {"postgres", "12 to 19", 12, 0, 19},
                                            {"mysql", "8.0 to 9", 8, 0, 9},
                                            {"mariadb", "10.4 to 13", 10, 4, 13},
                                            {"mongodb", "5.0 to 8", 5, 0, 8}}};

Result<void> check_served(const Target& target) {
  const auto& served = *std::ranges::find(kServed, std::string_view(target.engine), &Served::engine);
  int major = 0, minor = -1;
  const char* end = target.version.data() + target.version.size();
  const auto [rest, error] = std::from_chars(target.version.data(), end, major);
  if (rest != end) std::from_chars(rest + 1, end, minor);
  const bool old = major < served.major || (major == served.major && minor >= 0 && minor < served.minor);
  if (error == std::errc() && !old && major <= served.last) return {};
  return fail(ErrorCode::usage,
              fmt::format("{} {} is not served; served are versions {}", target.engine, target.version, served.words),
              fmt::format("--db={} alone takes the usual one", target.engine));
}

}  // namespace

const std::vector<std::string>& known_engines() {
  static const std::vector<std::string> kEngines{"sqlite", "postgres", "mysql", "mariadb", "mongodb"};
  return kEngines;
}

Result<Target> parse_target(const std::string& text) {
  const auto colon = text.find(':');
  Target target{text.substr(0, colon), colon == std::string::npos ? "" : text.substr(colon + 1)};
  std::ranges::transform(target.engine, target.engine.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (const auto alias = aliases().find(target.engine); alias != aliases().end()) target.engine = alias->second;
  if (std::ranges::find(known_engines(), target.engine) == known_engines().end()) return unknown_engine(target.engine);
  if (colon != std::string::npos && !numeric_version(target.version)) {
    return fail(ErrorCode::usage, fmt::format("'{}' is no version of {}", target.version, target.engine),
                fmt::format("write it as --db={}:15 or --db={}:8.0.29", target.engine, target.engine));
  }
  if (!target.version.empty()) FORGE_TRY(check_served(target));
  return target;
}

Result<Target> target_of_url(const std::string& url) {
  const auto colon = url.find(':');
  if (colon == std::string::npos) {
    return fail(ErrorCode::usage, "the database URL has no scheme", "write it as postgres://host/database");
  }
  return parse_target(url.substr(0, colon));
}

Result<Target> choose_target(const std::string& asked, const std::string& url,
                             const std::vector<std::string>& spec_targets, const std::string& configured) {
  if (!asked.empty()) return parse_target(asked);
  if (!url.empty()) return target_of_url(url);
  if (spec_targets.size() == 1) return parse_target(spec_targets.front());
  if (spec_targets.size() > 1) {
    return fail(ErrorCode::usage, "the spec is for several databases: " + joined(spec_targets),
                fmt::format("choose one, such as --db={}", spec_targets.front()));
  }
  if (!configured.empty()) return parse_target(configured);
  return fail(ErrorCode::usage, "nothing says which database this is for",
              "give --db=" + joined(known_engines()) + ", or name it in the spec: targets = { \"postgres:15\" }");
}

}  // namespace forge
