#include "engine/cli/request.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string_view>

#include "engine/cli/config.hpp"
#include "engine/cli/error_places.hpp"
#include "engine/cli/schema_reader.hpp"
#include "engine/cli/source.hpp"
#include "engine/cli/target.hpp"
#include "engine/db/url.hpp"
#include "engine/lua/spec.hpp"
#include "engine/model/mongodb_states.hpp"
#include "engine/model/rights.hpp"

namespace forge {
namespace fs = std::filesystem;
namespace {

// The project is where the command runs: its forgelua.yml, its modules.
constexpr const char* kProject = ".";

SchemaSource schema_source(SchemaReader& reader) {
  return [&reader](std::string_view kind, const std::string& argument, const fs::path& base, const Place&) {
    if (kind == "db") return reader.read_database(argument, base);
    return reader.read_sql(fs::path(argument).is_absolute() ? fs::path(argument) : base / argument, argument);
  };
}

Limits limits_of(const SpecRequest& request) {
  Limits limits;
  limits.memory_bytes = static_cast<std::size_t>(request.memory_limit_mb) << 20;
  limits.process_milliseconds = request.time_limit_ms;
  // The gentle stop comes first: it can say where the code was.
  limits.milliseconds = request.time_limit_ms * 8 / 10;
  return limits;
}

// What can be told of the options before anything is read.
Result<void> check_options(const SpecRequest& request) {
  const std::string& span = request.downtime;
  const bool spans = span.size() > 1 && span.find_first_not_of("0123456789") == span.size() - 1 &&
                     std::string_view("smhd").find(span.back()) != std::string_view::npos;
  if (!span.empty() && !spans) {
    return fail(ErrorCode::usage, fmt::format("--downtime '{}' is no span of time", request.downtime),
                "write a number and s, m, h or d: --downtime=30m");
  }
  std::error_code error;
  if (!request.organisation.empty() && !fs::is_directory(request.organisation, error)) {
    return fail(ErrorCode::usage, fmt::format("the organisation's folder '{}' is no folder", request.organisation),
                "give it by --org DIR, or as `organisation` in forgelua.yml");
  }
  return {};
}

// The engine that the URL of the environment says; "" where it has none, or one that is not to be had here (`env:NAME`).
std::string engine_of_environment(const SpecRequest& request, const Config& config) {
  const auto environment = config.environments.find(request.environment);
  if (environment == config.environments.end() || environment->second.url.empty()) return {};
  const auto url = resolve_url(environment->second.url);
  return url ? engine_of_url(*url) : std::string();
}

// The first of the targets, with its version, that is of the engine; the engine alone where none is.
Result<Target> target_of_engine(const std::string& engine, const std::vector<std::string>& stated) {
  for (const auto& text : stated) {
    const auto target = parse_target(text);
    if (target && target->engine == engine) return target;
  }
  return parse_target(engine);
}

Result<Target> settle_target(const SpecRequest& request, const Config& config, const EvaluateOptions& options) {
  std::vector<std::string> targets;
  if (request.db.empty()) {
    FORGE_ASSIGN(targets, spec_targets(request.spec, options));
    FORGE_TRY(check_targets(request.spec, targets));
  }
  const auto engine = request.db.empty() && targets.size() != 1 ? engine_of_environment(request, config) : "";
  if (!engine.empty()) {
    targets.push_back(config.db);
    return target_of_engine(engine, targets);
  }
  std::string configured = config.db;
  if (configured.empty()) {
    FORGE_ASSIGN(const auto stack, load_stack_engine(kProject));
    configured = stack.value_or("");
  }
  return choose_target(request.db, "", targets, configured);
}

// What the model does not hold must be equal, and where one state has been written by a server, both are compared as it
// writes them.
Result<void> settle_states(Spec& spec, SchemaReader& reader, bool allow_unmanaged) {
  if (spec.before.read_from_server && spec.after.read_from_server && !allow_unmanaged) {
    const auto changes = unmanaged_changes(spec.before, spec.after);
    if (!changes.empty()) return fail(unmanaged_error(changes));
  }
  std::vector<Schema> states;
  states.push_back(std::move(spec.before));
  states.push_back(std::move(spec.after));
  FORGE_TRY(agree(states, reader));
  settle_rights(states[0], states[1], spec.intents);
  spec.before = std::move(states[0]);
  spec.after = std::move(states[1]);
  if (reader.target().engine == "mongodb") settle_unseen_fields(spec);
  return {};
}

void settle(SpecRequest& request, const Config& config) {
  const auto take = [](std::string& option, const std::string& configured) {
    if (option.empty()) option = configured;
  };
  take(request.environment, config.environment);
  take(request.organisation, config.organisation);
  take(request.policy, config.policy);
  take(request.strategy, config.strategy);
}

}  // namespace

void add_spec_options(CLI::App& command, SpecRequest& request) {
  command.add_option("spec", request.spec, "The spec, such as orders.migration.lua")->required();
  command.add_option("--db", request.db,
                     "sqlite, postgres, mysql, mariadb or mongodb, with a version where it matters: mysql:8.4");
  command.add_option("--environment,--env", request.environment, "production (the default), staging, development …");
  command.add_option("--policy", request.policy, "The policy's module (default: strategies.policy through the layers)");
  command.add_option("--org", request.organisation, "The organisation's folder of modules");
  command.add_option("--strategy", request.strategy, "Ask for one strategy for every change; the policy may refuse");
  command.add_option("--downtime", request.downtime, "A window in which the application is stopped, such as 30m");
  command.add_option(
      "--dev-url", request.dev_url,
      "A server on which databases for reading SQL text are made and dropped (default: one that is started)");
  command.add_flag("--allow-unmanaged", request.allow_unmanaged, "Plan although objects that are not managed differ");
  command.add_option("--time-limit", request.time_limit_ms, "How long reading and planning may take, in milliseconds")
      ->check(CLI::Range(100, 3600000))
      ->capture_default_str();
  command.add_option("--memory-limit", request.memory_limit_mb, "How much memory the spec may take, in MB")
      ->check(CLI::Range(16, 65536))
      ->capture_default_str();
}

Result<Prepared> prepare(const SpecRequest& asked) {
  SpecRequest request = asked;
  FORGE_ASSIGN(const auto config, load_config(kProject));
  settle(request, config);
  FORGE_TRY(check_options(request));
  EvaluateOptions options;
  options.limits = limits_of(request);
  options.roots = {kProject, request.organisation};
  FORGE_ASSIGN(const auto target, settle_target(request, config, options));
  options.engine = target.engine;
  SchemaReader reader(target, request.dev_url, options.roots);
  reader.limit_time(request.time_limit_ms);
  options.source = schema_source(reader);
  Prepared prepared;
  FORGE_ASSIGN(prepared.spec, evaluate_spec(request.spec, options));
  FORGE_ASSIGN(prepared.machine, start_machine(options.limits, options.roots, target.engine, target.version));
  FORGE_TRY(lower_spec(prepared.spec, *prepared.machine.dialect));
  FORGE_TRY(
      prepared.machine.state->outside([&] { return settle_states(prepared.spec, reader, request.allow_unmanaged); }));
  prepared.context = planning_context(request, prepared.spec);
  prepared.bake = config.bake;
  prepared.thresholds = config.thresholds;
  prepared.config_places = config.places;
  prepared.output = config.output;
  return prepared;
}

PlanningContext planning_context(const SpecRequest& request, const Spec& spec) {
  const auto stated = [&](const std::string& option, const char* word) {
    const auto found = spec.header.find(word);
    return !option.empty() || found == spec.header.end() ? option : found->second;
  };
  return {stated(request.environment, "environment"), stated(request.downtime, "downtime"),
          stated(request.strategy, "strategy"), stated(request.policy, "policy")};
}

}  // namespace forge
