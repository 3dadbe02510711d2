#include "engine/emit/snapshot.hpp"

#include <fmt/format.h>

#include "engine/base/files.hpp"
#include "engine/model/schema_json.hpp"

namespace forge {

std::string write_snapshot(const Schema& schema, const std::string& engine, const std::string& version) {
  const Json snapshot{{"format", "forgelua-snapshot"},
                      {"version", 1},
                      {"engine", engine},
                      {"engine_version", version},
                      {"schema", to_json(schema)}};
  return snapshot.dump(2) + "\n";
}

Result<Schema> read_snapshot(const std::filesystem::path& path) {
  FORGE_ASSIGN(auto text, read_file(path));
  const auto json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object()) {
    return fail(ErrorCode::spec, fmt::format("'{}' is no JSON object", path.string()));
  }
  if (json.value("format", "") != "forgelua-snapshot" || json.value("version", 0) != 1) {
    return fail(ErrorCode::spec, fmt::format("'{}' is no snapshot of a schema that this version reads", path.string()),
                "a snapshot begins with \"format\": \"forgelua-snapshot\", \"version\": 1");
  }
  if (!json.contains("schema")) return fail(ErrorCode::spec, fmt::format("'{}' holds no schema", path.string()));
  return from_json<Schema>(json["schema"], "schema");
}

std::string snapshot_engine(const std::filesystem::path& path) {
  const auto text = read_file(path);
  if (!text) return "";
  const auto json = Json::parse(*text, nullptr, false);
  return json.is_object() && json.contains("engine") && json["engine"].is_string() ? json["engine"].get<std::string>()
                                                                                   : "";
}

}  // namespace forge
