#include "engine/cli/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <functional>
#include <limits>
#include <regex>

#include "engine/base/files.hpp"
#include "engine/base/spelling.hpp"
#include "engine/base/yaml.hpp"

namespace forge {
namespace {

const std::vector<std::string> kStrategies = {
    "direct", "expand_migrate_contract", "shadow_column", "shadow_table", "blue_green", "big_bang"};

// Reads values of one file; the first error stays and the rest is skipped.
class Reader {
 public:
  Reader(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  using Handler = std::function<void(const Yaml&)>;
  using Keys = std::vector<std::pair<std::string, Handler>>;

  // Every key of `map` must be one of `keys`.
  void map(const Yaml& node, std::string_view what, const Keys& keys) {
    each(node, what, [&](const std::string& key, const Yaml& value) {
      const auto known = std::ranges::find(keys, key, &std::pair<std::string, Handler>::first);
      if (known != keys.end()) return known->second(value);
      std::vector<std::string> names;
      for (const auto& [name, handler] : keys) names.push_back(name);
      unknown(key, value, what, names);
    });
  }

  void each(const Yaml& node, std::string_view what, const std::function<void(const std::string&, const Yaml&)>& body) {
    if (node.kind == Yaml::Kind::null) return;
    if (node.kind != Yaml::Kind::map) return fail_at(node, fmt::format("{} must be a map of keys", what));
    for (const auto& [key, value] : node.members) {
      if (!error_) body(key, value);
    }
  }

  Handler string(std::string& into) {
    return [this, &into](const Yaml& node) {
      if (node.kind != Yaml::Kind::scalar) return fail_at(node, "expected a word");
      into = node.text;
    };
  }

  Handler strings(std::vector<std::string>& into) {
    return [this, &into](const Yaml& node) {
      if (node.kind != Yaml::Kind::list) return fail_at(node, "expected a list of words");
      for (const auto& [none, item] : node.members) string(into.emplace_back())(item);
    };
  }

  Handler boolean(bool& into) {
    return [this, &into](const Yaml& node) {
      if (node.quoted || (node.text != "true" && node.text != "false")) return fail_at(node, "expected true or false");
      into = node.text == "true";
    };
  }

  template <class Number>
  Handler number(Number& into) {
    return [this, &into](const Yaml& node) {
      const char* end = node.text.data() + node.text.size();
      const auto [rest, error] = std::from_chars(node.text.data(), end, into);
      if (node.quoted || node.text.empty() || error != std::errc() || rest != end || !(into >= 0) ||
          into > std::numeric_limits<Number>::max()) {
        fail_at(node, "expected a number that is not negative");
      }
    };
  }

  Handler matching(std::string& into, const std::string& pattern, const std::string& hint) {
    return [this, &into, pattern, hint](const Yaml& node) {
      if (node.kind != Yaml::Kind::scalar) return fail_at(node, "expected a word", hint);
      if (!std::regex_match(node.text, std::regex(pattern))) {
        return fail_at(node, fmt::format("'{}' is not understood", node.text), hint);
      }
      into = node.text;
    };
  }

  Handler one_of(std::string& into, const std::vector<std::string>& words) {
    return [this, &into, words](const Yaml& node) {
      if (node.kind != Yaml::Kind::scalar) return fail_at(node, "expected a word", suggestion(node.text, words));
      if (std::ranges::find(words, node.text) == words.end()) {
        return fail_at(node, fmt::format("unknown value '{}'", node.text), suggestion(node.text, words));
      }
      into = node.text;
    };
  }

  Place place_of(const Yaml& node) const { return *yaml_error(text_, file_, node.line, node.column, {}).place; }

  void fail_at(const Yaml& node, std::string message, std::string hint = {}) {
    if (!error_) error_ = yaml_error(text_, file_, node.line, node.column, std::move(message), std::move(hint));
  }

  const std::optional<Error>& error() const { return error_; }

 private:
  static std::string suggestion(const std::string& word, const std::vector<std::string>& words) {
    if (const auto best = nearest(word, words)) return fmt::format("did you mean '{}'?", *best);
    return fmt::format("one of {}", fmt::join(words, ", "));
  }

  void unknown(const std::string& key, const Yaml& value, std::string_view what,
               const std::vector<std::string>& names) {
    if (error_) return;
    error_ = yaml_error(text_, file_, value.key_line, value.key_column,
                        fmt::format("unknown key '{}' in {}", key, what), suggestion(key, names));
    error_->place->length = static_cast<int>(key.size());
  }

  std::string_view text_;
  const std::string& file_;
  std::optional<Error> error_;
};

constexpr const char* kWindow = R"(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d UTC)";
constexpr const char* kDuration = R"(\d+[mhdw])";
constexpr const char* kDatabase = R"((postgres|mysql|mariadb|sqlite|mongodb)(:[0-9]+(\.[0-9]+)*)?)";

void environments(Reader& reader, const Yaml& node, Config& config) {
  reader.each(node, "environments", [&](const std::string& name, const Yaml& value) {
    EnvironmentConfig& environment = config.environments[name];
    reader.map(value, "environment " + name,
               {{"url", reader.string(environment.url)},
                {"requireApproval", reader.boolean(environment.require_approval)},
                {"requireProof", reader.boolean(environment.require_proof)},
                {"requireSecondApproval", reader.boolean(environment.require_second_approval)},
                {"irreversibleWindow",
                 reader.matching(environment.irreversible_window, kWindow, "write it as \"02:00-04:00 UTC\"")},
                {"pointInTime", reader.string(environment.point_in_time)},
                {"maintenanceWindow",
                 reader.matching(environment.maintenance_window, kWindow, "write it as \"02:00-04:00 UTC\"")}});
  });
}

void health_checks(Reader& reader, const Yaml& node, Config& config) {
  if (node.kind == Yaml::Kind::null) return;
  if (node.kind != Yaml::Kind::list) return reader.fail_at(node, "healthChecks must be a list");
  for (const auto& [none, item] : node.members) {
    HealthCheck check;
    reader.map(item, "a health check",
               {{"name", reader.string(check.name)},
                {"url", reader.string(check.url)},
                {"command", reader.string(check.command)},
                {"query", reader.string(check.query)},
                {"withinMs", reader.number(check.within_ms)}});
    const int kinds = !check.url.empty() + !check.command.empty() + !check.query.empty();
    if (kinds != 1) reader.fail_at(item, "a health check states one of url, command, query");
    config.health_checks.push_back(std::move(check));
  }
}

constexpr const char* kTime = R"(\d+[smh])";

std::chrono::seconds seconds_in(const std::string& time) {
  const long number = std::strtol(time.c_str(), nullptr, 10);
  const char unit = time.empty() ? 's' : time.back();
  return std::chrono::seconds(number * (unit == 'h' ? 3600 : unit == 'm' ? 60 : 1));
}

void watched_figure(Reader& reader, const Yaml& item, Config& config) {
  WatchedFigure figure;
  std::string lasting, then = "stop";
  double over = -1;
  reader.map(item, "a figure of watch",
             {{"name", reader.string(figure.name)},
              {"query", reader.string(figure.query)},
              {"command", reader.string(figure.command)},
              {"over", reader.number(over)},
              {"lasting", reader.matching(lasting, kTime, "write it as 90s, 5m or 1h")},
              {"then", reader.one_of(then, {"stop", "rollback"})}});
  if (figure.name.empty()) return reader.fail_at(item, "a figure of watch has a name");
  if (figure.query.empty() == figure.command.empty())
    return reader.fail_at(item, "a figure of watch states one of query, command");
  const auto threshold = config.thresholds.find(figure.name);
  if (over < 0 && threshold == config.thresholds.end())
    return reader.fail_at(item, fmt::format("nothing says above what '{}' is too high", figure.name),
                          "state over, or thresholds." + figure.name);
  figure.over = over < 0 ? threshold->second : over;
  figure.lasting = seconds_in(lasting);
  figure.back = then == "rollback";
  config.watch.figures.push_back(std::move(figure));
}

void watch(Reader& reader, const Yaml& node, Config& config) {
  long every = config.watch.every.count();
  std::string afterwards;
  reader.map(node, "watch",
             {{"everySeconds", reader.number(every)},
              {"afterwards", reader.matching(afterwards, kTime, "write it as 90s, 5m or 1h")},
              {"figures", [&](const Yaml& list) {
                 if (list.kind != Yaml::Kind::list) return reader.fail_at(list, "figures must be a list");
                 for (const auto& [none, item] : list.members) watched_figure(reader, item, config);
               }}});
  config.watch.every = std::chrono::seconds(every);
  config.watch.afterwards = seconds_in(afterwards);
}

void thresholds(Reader& reader, const Yaml& node, Config& config) {
  reader.each(node, "thresholds", [&](const std::string& name, const Yaml& value) {
    reader.number(config.thresholds[name])(value);
    config.places["thresholds." + name] = reader.place_of(value);
  });
}

void throttle(Reader& reader, const Yaml& node, PaceLimits& limits) {
  reader.map(node, "throttle",
             {{"replicaLagSeconds", reader.number(limits.replica_lag_seconds)},
              {"replicas", reader.strings(limits.replicas)},
              {"threadsRunning", reader.number(limits.threads_running)},
              {"commitLatencyMs", reader.number(limits.commit_latency_ms)},
              {"query", reader.string(limits.query)},
              {"waitSeconds", reader.number(limits.wait_seconds)}});
}

void whole_file(Reader& reader, const Yaml& root, Config& config) {
  Yaml watched;  // read last: its figures go by the thresholds
  reader.map(
      root, "the configuration",
      {
          {"db",
           reader.matching(config.db, kDatabase,
                           "one of postgres, mysql, mariadb, sqlite, mongodb, with a version or without: postgres:15")},
          {"environment", reader.string(config.environment)},
          {"environments", [&](const Yaml& node) { environments(reader, node, config); }},
          {"strategy", reader.one_of(config.strategy, kStrategies)},
          {"policy",
           [&](const Yaml& node) {
             reader.string(config.policy)(node);
             config.places["policy"] = reader.place_of(node);
           }},
          {"organisation", reader.string(config.organisation)},
          {"output", reader.string(config.output)},
          {"bake", reader.matching(config.bake, kDuration, "write it as 7d, 12h, 30m or 2w")},
          {"devUrl", reader.string(config.dev_url)},
          {"autoBackup", reader.boolean(config.auto_backup)},
          {"keepBackups", reader.number(config.keep_backups)},
          {"rollback",
           [&](const Yaml& node) {
             reader.map(node, "rollback",
                        {{"autoOnFailure", reader.boolean(config.rollback_on_failure)},
                         {"keepBackups", reader.number(config.keep_backups)}});
           }},
          {"validation",
           [&](const Yaml& node) {
             reader.map(node, "validation",
                        {{"preCheck", reader.boolean(config.pre_check)},
                         {"safetyCheck", reader.boolean(config.safety_check)},
                         {"performanceAnalysis", reader.boolean(config.performance_analysis)}});
           }},
          {"throttle", [&](const Yaml& node) { throttle(reader, node, config.throttle); }},
          {"thresholds", [&](const Yaml& node) { thresholds(reader, node, config); }},
          {"healthChecks", [&](const Yaml& node) { health_checks(reader, node, config); }},
          {"watch", [&](const Yaml& node) { watched = node; }},
      });
  if (!reader.error()) watch(reader, watched, config);
}

Result<std::string> read_if_there(const std::filesystem::path& path, bool& there) {
  std::error_code error;
  there = std::filesystem::exists(path, error);
  return there ? read_file(path, kMaxYamlBytes) : Result<std::string>("");
}

// Every scalar below the node, keys too.
void words_below(const Yaml& node, std::string& out) {
  if (node.kind == Yaml::Kind::scalar) out += node.text + "\n";
  for (const auto& [key, value] : node.members) {
    out += key + " ";
    words_below(value, out);
  }
}

// The engines that a text names, each with the version behind it where one is stated.
std::vector<std::string> engines_in(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  static const std::vector<std::pair<std::string, std::regex>> kNames = [] {
    const auto pattern = [](const std::string& names) {
      return std::regex("(^|[^a-z0-9])(" + names + R"()([ :]+v?([0-9]+(\.[0-9]+)*))?($|[^a-z0-9]))");
    };
    return std::vector<std::pair<std::string, std::regex>>{{"postgres", pattern("postgres|postgresql|pgsql")},
                                                           {"mysql", pattern("mysql")},
                                                           {"mariadb", pattern("mariadb")},
                                                           {"sqlite", pattern("sqlite|sqlite3")},
                                                           {"mongodb", pattern("mongo|mongodb")}};
  }();
  std::vector<std::string> out;
  for (const auto& [name, pattern] : kNames) {
    std::smatch match;
    if (!std::regex_search(text, match, pattern)) continue;
    out.push_back(match[4].matched ? name + ":" + match[4].str() : name);
  }
  return out;
}

}  // namespace

Result<Config> read_config(std::string_view text, const std::string& file) {
  FORGE_ASSIGN(const Yaml root, parse_yaml(text, file));
  Config config;
  config.file = file;
  Reader reader(text, file);
  whole_file(reader, root, config);
  if (reader.error()) return fail(*reader.error());
  return config;
}

Result<Config> load_config(const std::filesystem::path& folder) {
  bool there = false;
  const auto path = folder / "forgelua.yml";
  FORGE_ASSIGN(const std::string text, read_if_there(path, there));
  return there ? read_config(text, path.string()) : Result<Config>(Config{});
}

Result<std::optional<std::string>> stack_engine(std::string_view text, const std::string& file) {
  FORGE_ASSIGN(const Yaml root, parse_yaml(text, file));
  const Yaml* stack = root.find("project_tech_stack");
  if (!stack) return std::nullopt;
  std::string words;
  words_below(*stack, words);
  const auto engines = engines_in(words);
  if (engines.empty()) return std::nullopt;
  if (engines.size() == 1) return engines.front();
  return fail(yaml_error(text, file, stack->key_line, stack->key_column,
                         fmt::format("project_tech_stack names several databases: {}", fmt::join(engines, ", ")),
                         fmt::format("choose one with --db={}", engines.front())));
}

Result<std::optional<std::string>> load_stack_engine(const std::filesystem::path& folder) {
  bool there = false;
  const auto path = folder / ".product-forge" / "config.yml";
  FORGE_ASSIGN(const std::string text, read_if_there(path, there));
  return there ? stack_engine(text, path.string()) : Result<std::optional<std::string>>(std::nullopt);
}

}  // namespace forge
