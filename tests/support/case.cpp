#include "tests/support/case.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <stdexcept>

#include "tests/support/engines.hpp"
#include "tests/support/process.hpp"

namespace forge::test {
namespace fs = std::filesystem;
namespace {

// A value may be one text for all engines, or a map from engine (or "default") to text.
std::string for_engine(const YAML::Node& node, const std::string& engine) {
  if (!node) return "";
  if (!node.IsMap()) return node.as<std::string>();
  if (node[engine]) return node[engine].as<std::string>();
  return node["default"] ? node["default"].as<std::string>() : "";
}

std::vector<std::string> words(const YAML::Node& node) {
  if (!node) return {};
  return node.IsSequence() ? node.as<std::vector<std::string>>() : std::vector{node.as<std::string>()};
}

std::vector<Moment> moments(const YAML::Node& list, const std::string& engine) {
  std::vector<Moment> out;
  for (const auto& node : list) {
    Moment moment{node["after"].as<std::string>(), for_engine(node["sql"], engine), for_engine(node["value"], engine)};
    if (!moment.sql.empty()) out.push_back(std::move(moment));
  }
  return out;
}

std::vector<SeedRows> seed_rows(const YAML::Node& list, const std::string& engine) {
  std::vector<SeedRows> out;
  for (const auto& node : list) {
    out.push_back({node["table"].as<std::string>(), node["columns"].as<std::string>(),
                   for_engine(node["values"], engine), node["count"].as<int>()});
  }
  return out;
}

std::vector<Stop> stops(const YAML::Node& list, const std::string& engine) {
  std::vector<Stop> out;
  for (const auto& node : list) {
    const auto says = for_engine(node["says"], engine);
    if (says.empty()) continue;
    out.push_back(
        {for_engine(node["write"], engine), says, for_engine(node["mend"], engine), for_engine(node["after"], engine)});
  }
  return out;
}

void check_keys(const YAML::Node& root, const std::string& file) {
  static const std::set<std::string> kKnown{
      "engines",       "why_not", "covers", "run",   "approve", "loses", "compare", "phases", "keeps", "blind",
      "random_values", "seed",    "rows",   "since", "writes",  "fails", "expect",  "stops",  "halts"};
  for (const auto& entry : root) {
    const auto key = entry.first.as<std::string>();
    if (!kKnown.contains(key)) throw std::runtime_error(file + ": unknown key '" + key + "'");
  }
}

Case read_case(const fs::path& folder, const std::string& engine) {
  const auto file = (folder / "case.yml").string();
  const YAML::Node root = YAML::LoadFile(file);
  check_keys(root, file);
  Case out;
  out.name = folder.filename().string();
  out.folder = folder.string();
  out.engines = root["engines"] ? words(root["engines"]) : engine_names();
  if (const YAML::Node since = root["since"]; since && since[engine]) out.since = since[engine].as<int>();
  if (const YAML::Node covers = root["covers"]) {
    out.strategy = for_engine(covers["strategy"], engine);
    out.changes = words(covers["changes"]);
  }
  out.run = words(root["run"]);
  out.approve = for_engine(root["approve"], engine);
  out.loses = for_engine(root["loses"], engine);
  out.compare = words(root["compare"]);
  out.phases = !root["phases"] || root["phases"].as<bool>();
  out.blind = root["blind"] && root["blind"].as<bool>();
  out.random_values = root["random_values"] && root["random_values"].as<bool>();
  if (const YAML::Node keeps = root["keeps"]) out.keeps = words(keeps.IsMap() ? keeps[engine] : keeps);
  out.seed = for_engine(root["seed"], engine);
  out.rows = seed_rows(root["rows"], engine);
  out.writes = moments(root["writes"], engine);
  out.fails = moments(root["fails"], engine);
  out.expect = moments(root["expect"], engine);
  out.stops = stops(root["stops"], engine);
  out.halts = stops(root["halts"], engine);
  return out;
}

std::string numbered(std::string text, int number) {
  const std::string value = std::to_string(number);
  for (auto at = text.find("{i}"); at != std::string::npos; at = text.find("{i}", at + value.size())) {
    text.replace(at, 3, value);
  }
  return text;
}

}  // namespace

std::vector<Case> read_cases(const std::string& folder, const std::string& engine) {
  const std::string wanted = environment("FORGELUA_CASE");
  std::vector<Case> cases;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!fs::exists(entry.path() / "case.yml")) continue;
    if (entry.path().filename().string().find(wanted) == std::string::npos) continue;
    auto one = read_case(entry.path(), engine);
    if (std::ranges::find(one.engines, engine) != one.engines.end()) cases.push_back(std::move(one));
  }
  std::ranges::sort(cases, {}, &Case::name);
  return cases;
}

std::string seed_sql(const Case& given) {
  constexpr int kRowsPerInsert = 400;
  std::string sql = given.seed + "\n";
  for (const auto& rows : given.rows) {
    for (int i = 1; i <= rows.count; ++i) {
      const bool first = (i - 1) % kRowsPerInsert == 0;
      if (first) sql += "INSERT INTO " + rows.table + " (" + rows.columns + ") VALUES\n";
      const bool last = i == rows.count || i % kRowsPerInsert == 0;
      sql += numbered(rows.values, i) + (last ? ";\n" : ",\n");
    }
  }
  return sql;
}

}  // namespace forge::test
