#include "engine/exec/plan_file.hpp"

#include <fmt/format.h>

#include <charconv>

#include "engine/base/files.hpp"
#include "engine/base/hash.hpp"
#include "engine/diff/editor.hpp"
#include "engine/diff/json.hpp"
#include "engine/emit/plan_json.hpp"
#include "engine/model/schema_json.hpp"

namespace forge {
namespace fs = std::filesystem;
namespace {

std::unexpected<Error> unreadable(const std::string& path, const std::string& why) {
  return fail(ErrorCode::spec, fmt::format("'{}' is no plan that can be run: {}", path, why),
              "forgelua run writes one; a plan of another version is written anew from its spec");
}

// The document is hashed before its last members are added (plan_json.cpp).
Result<void> check_hash(const std::string& text, const std::string& stated, const std::string& path) {
  const auto cut = text.rfind(",\n  \"hash\": \"");
  if (cut != std::string::npos && sha256_hex(text.substr(0, cut) + "\n}") == stated) return {};
  return fail(ErrorCode::refused, fmt::format("'{}' was changed since it was written: its hash says so", path),
              "change the spec and run forgelua run again; nobody has looked at what stands there now");
}

// The members that a runner reads; those that it passes over are for people and for other programs.
class Reader {
 public:
  Reader(const Json& json, PlanFile& out) : json_(json), out_(out) {}

  Result<void> read() {
    for (const auto& [key, value] : json_.items()) FORGE_TRY(member(key, value));
    if (out_.id.empty() || out_.engine.empty()) return fail(ErrorCode::spec, "it states no id or no engine");
    return {};
  }

 private:
  template <class T>
  static Result<void> into(T& target, const Json& value, const std::string& path) {
    return JsonOf<T>::read(value, target, path);
  }

  Result<void> member(const std::string& key, const Json& value) {
    if (key == "tool_version") return into(out_.tool_version, value, key);
    if (key == "id") return into(out_.id, value, key);
    if (key == "spec") return into(out_.spec, value, key);
    if (key == "header") return into(out_.header, value, key);
    if (key == "engine") return into(out_.engine, value, key);
    if (key == "family") return into(out_.family, value, key);
    if (key == "version") return into(out_.version, value, key);
    if (key == "environment") return into(out_.environment, value, key);
    if (key == "bake") return into(out_.bake, value, key);
    if (key == "session") return into(out_.session, value, key);
    if (key == "steps") return into(out_.steps, value, key);
    if (key == "baseline") return into(out_.baseline, value, key);
    if (key == "final_checks") return into(out_.final_checks, value, key);
    if (key == "server_texts") return into(out_.server_texts, value, key);
    if (key == "changes") return changes(value);
    if (key == "schema") return schema(value);
    if (key == "hash") return into(out_.hash, value, key);
    return passed_over(key);
  }

  Result<void> changes(const Json& value) {
    if (!value.is_array()) return fail(ErrorCode::spec, "changes: expected a list");
    for (const auto& one : value) {
      if (!one.is_object() || !one.contains("change")) return fail(ErrorCode::spec, "changes: one holds no change");
      FORGE_TRY(into(out_.changes.emplace_back(), one["change"], "changes[].change"));
    }
    return {};
  }

  Result<void> schema(const Json& value) {
    if (!value.is_object()) return fail(ErrorCode::spec, "schema: expected an object");
    FORGE_TRY(into(out_.before_hash, value.value("before_hash", Json("")), "schema.before_hash"));
    FORGE_TRY(into(out_.after_hash, value.value("after_hash", Json("")), "schema.after_hash"));
    if (!value.contains("before")) return fail(ErrorCode::spec, "schema: it has no 'before'");
    return into(out_.before, value["before"], "schema.before");
  }

  static Result<void> passed_over(const std::string& key) {
    constexpr std::array<std::string_view, 16> kOthers = {
        "format", "format_version", "environment_stated", "summary", "groups",           "files",
        "risks",  "thresholds",     "action_items",       "notes",   "possible_renames", "affected",
        "hints",  "modules",        "generated_at",       "evidence"};
    if (std::ranges::find(kOthers, key) != kOthers.end()) return {};
    return fail(ErrorCode::spec, fmt::format("unknown member '{}'", key));
  }

  const Json& json_;
  PlanFile& out_;
};

Result<void> check_steps(const PlanFile& plan) {
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    if (plan.steps[i].number == static_cast<int>(i) + 1 && (i == 0 || plan.steps[i - 1].phase <= plan.steps[i].phase))
      continue;
    return fail(ErrorCode::spec, fmt::format("step {} of its list stands out of order", i + 1));
  }
  return {};
}

}  // namespace

Result<PlanFile> read_plan_file(const fs::path& path) {
  std::error_code ignored;
  const fs::path file = fs::is_directory(path, ignored) ? path / "plan.json" : path;
  FORGE_ASSIGN(const auto text, read_file(file));
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("format", Json()) != "forgelua.plan") {
    return unreadable(file.string(), "it is none of forgelua's");
  }
  if (json.value("format_version", Json()) != kPlanFormatVersion) {
    return unreadable(file.string(), fmt::format("its format is not {}", kPlanFormatVersion));
  }
  PlanFile plan;
  plan.path = file.string();
  auto read = Reader(json, plan).read();
  if (read) read = check_steps(plan);
  if (!read) return unreadable(file.string(), read.error().message);
  FORGE_TRY(check_hash(text, plan.hash, file.string()));
  Plan known;
  known.engine = plan.engine;
  known.family = plan.family;
  FORGE_ASSIGN(plan.client, client_of(known));
  return plan;
}

Result<Schema> schema_after(const PlanFile& plan, int number) {
  Schema schema = plan.before;
  SchemaEditor editor(schema);
  editor.carry_missing_targets(plan.before, plan.before);
  for (const auto& step : plan.steps) {
    if (step.number > number) break;
    for (const auto& op : step.ops) FORGE_TRY(editor.apply(op));
  }
  return schema;
}

Result<long> seconds_of(const std::string& duration) {
  long number = 0;
  const char* end = duration.data() + duration.size();
  const auto [rest, error] = std::from_chars(duration.data(), end, number);
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  if (error == std::errc() && number >= 0) {
    if (unit == "s" || (unit.empty() && number == 0)) return number;
    if (unit == "m") return number * 60;
    if (unit == "h") return number * 3600;
    if (unit == "d") return number * 86400;
    if (unit == "w") return number * 604800;
  }
  return fail(ErrorCode::spec, fmt::format("'{}' is no length of time", duration), "write it as 30m, 12h or 7d");
}

}  // namespace forge
