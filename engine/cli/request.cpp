#include "engine/cli/request.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "engine/base/files.hpp"
#include "engine/cli/config.hpp"
#include "engine/db/sqlite.hpp"
#include "engine/lua/spec.hpp"

namespace forge {
namespace fs = std::filesystem;
namespace {

// The project is where the command runs: its forgelua.yml, its modules.
constexpr const char* kProject = ".";

// `env:NAME` is the value of that variable, so that no secret stands in a spec.
Result<std::string> resolve_url(const std::string& argument) {
  if (!argument.starts_with("env:")) return argument;
  const std::string name = argument.substr(4);
  const char* value = std::getenv(name.c_str());
  if (value && *value) return std::string(value);
  return fail(ErrorCode::spec, fmt::format("the environment variable '{}' is not set", name),
              fmt::format("export {}=sqlite:app.db", name));
}

Result<Schema> read_sqlite_url(const std::string& argument, const fs::path& base) {
  FORGE_ASSIGN(auto url, resolve_url(argument));
  for (const std::string_view scheme : {"sqlite://", "sqlite:"}) {
    if (url.starts_with(scheme)) {
      url.erase(0, scheme.size());
      return schema_from_sqlite_file(fs::path(url).is_absolute() ? fs::path(url) : base / url);
    }
  }
  return fail(ErrorCode::spec, "only SQLite databases are read so far",
              "write it as from_db \"sqlite:app.db\", or take a snapshot: from_snapshot \"schema.json\"");
}

SchemaSource schema_source(const std::string& engine) {
  return [engine](std::string_view kind, const std::string& argument, const fs::path& base,
                  const Place&) -> Result<Schema> {
    if (kind == "db") return read_sqlite_url(argument, base);
    if (engine != "sqlite") {
      return fail(ErrorCode::spec, fmt::format("SQL text is read for SQLite only so far, not for {}", engine),
                  "write the schema in the spec, or take it from a snapshot");
    }
    FORGE_ASSIGN(const auto text, read_file(fs::path(argument).is_absolute() ? fs::path(argument) : base / argument));
    return schema_from_sqlite_sql(text, argument);
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

Result<Target> settle_target(const SpecRequest& request, const Config& config, const EvaluateOptions& options) {
  std::vector<std::string> targets;
  if (request.db.empty()) {
    FORGE_ASSIGN(targets, spec_targets(request.spec, options));
  }
  std::string configured = config.db;
  if (configured.empty()) {
    FORGE_ASSIGN(const auto stack, load_stack_engine(kProject));
    configured = stack.value_or("");
  }
  return choose_target(request.db, "", targets, configured);
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
                     "sqlite, postgres, mysql or mariadb, with a version where it matters: mysql:8.4");
  command.add_option("--environment,--env", request.environment, "production (the default), staging, development …");
  command.add_option("--policy", request.policy, "The policy's module (default: strategies.policy through the layers)");
  command.add_option("--org", request.organisation, "The organisation's folder of modules");
  command.add_option("--strategy", request.strategy, "Ask for one strategy for every change; the policy may refuse");
  command.add_option("--downtime", request.downtime, "A window in which the application is stopped, such as 30m");
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
  EvaluateOptions options;
  options.limits = limits_of(request);
  options.roots = {kProject, request.organisation};
  FORGE_ASSIGN(const auto target, settle_target(request, config, options));
  options.engine = target.engine;
  options.source = schema_source(target.engine);
  Prepared prepared;
  FORGE_ASSIGN(prepared.spec, evaluate_spec(request.spec, options));
  FORGE_ASSIGN(prepared.state, LuaState::create(options.limits));
  prepared.modules = std::make_unique<Modules>(*prepared.state, options.roots);
  FORGE_TRY(prepared.state->protect([&](lua_State* L) -> Result<void> {
    prepared.modules->install(L);
    return {};
  }));
  FORGE_ASSIGN(prepared.dialect, DialectHost::open(*prepared.state, target.engine, target.version));
  FORGE_TRY(lower_spec(prepared.spec, *prepared.dialect));
  prepared.context = planning_context(request, prepared.spec);
  prepared.bake = config.bake;
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
