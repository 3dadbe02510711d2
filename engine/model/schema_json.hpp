// A whole schema as JSON: snapshots, hashes, plan.json.
#pragma once

#include "engine/model/json.hpp"
#include "engine/model/schema.hpp"

namespace forge {

// Namespaces, enums, sequences, tables, views, definitions and what is unmanaged; what belongs to a plan under way is left out.
template <>
struct JsonOf<Schema> {
  static Json write(const Schema& schema) {
    Json out = Json::object();
    const auto add = [&](const char* name, const auto& map) {
      if (!map.empty()) out[name] = to_json(map);
    };
    add("namespaces", schema.namespaces);
    add("enums", schema.enums);
    add("sequences", schema.sequences);
    add("tables", schema.tables);
    add("views", schema.views);
    add("definitions", schema.definitions);
    add("unmanaged", schema.unmanaged);
    add("unmanaged_hashes", schema.unmanaged_hashes);
    if (schema.read_from_server) out["read_from_server"] = true;
    if (!schema.owner.empty()) out["owner"] = schema.owner;
    if (schema.grants_untold) out["grants_untold"] = true;
    return out;
  }
  static Result<void> read(const Json& json, Schema& schema, const std::string& path) {
    if (!json.is_object()) return json_detail::expected(path, "an object", json);
    for (const auto& [key, value] : json.items()) {
      const std::string at = path + "." + key;
      Result<void> done = fail(ErrorCode::spec, fmt::format("{}: unknown field '{}'", path, key));
      if (key == "namespaces") done = JsonOf<decltype(schema.namespaces)>::read(value, schema.namespaces, at);
      if (key == "enums") done = JsonOf<decltype(schema.enums)>::read(value, schema.enums, at);
      if (key == "sequences") done = JsonOf<decltype(schema.sequences)>::read(value, schema.sequences, at);
      if (key == "tables") done = JsonOf<decltype(schema.tables)>::read(value, schema.tables, at);
      if (key == "views") done = JsonOf<decltype(schema.views)>::read(value, schema.views, at);
      if (key == "definitions") done = JsonOf<decltype(schema.definitions)>::read(value, schema.definitions, at);
      if (key == "unmanaged") done = JsonOf<decltype(schema.unmanaged)>::read(value, schema.unmanaged, at);
      if (key == "read_from_server") done = JsonOf<bool>::read(value, schema.read_from_server, at);
      if (key == "owner") done = JsonOf<std::string>::read(value, schema.owner, at);
      if (key == "grants_untold") done = JsonOf<bool>::read(value, schema.grants_untold, at);
      if (key == "unmanaged_hashes") {
        done = JsonOf<decltype(schema.unmanaged_hashes)>::read(value, schema.unmanaged_hashes, at);
      }
      if (!done) return done;
    }
    return {};
  }
};

}  // namespace forge
