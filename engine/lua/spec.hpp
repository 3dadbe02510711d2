// Reads a `*.migration.lua` for one engine.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/lua/modules.hpp"
#include "engine/lua/state.hpp"
#include "engine/model/spec.hpp"

namespace forge {

// Gives the schema behind `from_sql "file"` (kind "sql") or `from_db "url"` (kind "db"). Relative paths start at
// `base_dir`, the spec's own folder. Its errors get `place` where they have none.
using SchemaSource = std::function<Result<Schema>(std::string_view kind, const std::string& argument,
                                                  const std::filesystem::path& base_dir, const Place& place)>;

struct EvaluateOptions {
  std::string engine;  // "sqlite", "postgres", "mysql", "mariadb": `sql { … }` is resolved for it
  Limits limits;
  ModuleRoots roots;                           // where `require` looks before what is built in
  SchemaSource source;                         // without it, from_sql and from_db are errors
  std::vector<UsedModule>* modules = nullptr;  // where given: what the spec required
  std::vector<std::string> chain;              // specs that are being read, for from_spec that comes round
};

// Runs the spec and checks what it says. Both schemas are as written: not yet lowered to what the engine can hold.
// Errors (spec, limit, io) have a place in the spec where one is to blame, with the line, a column and a hint.
Result<Spec> evaluate_spec(const std::string& file, const EvaluateOptions& options);

// The targets that a spec names ("postgres:15"), in order; nothing else of it is read or checked.
Result<std::vector<std::string>> spec_targets(const std::string& file, const EvaluateOptions& options);

// How deeply from_spec may nest.
inline constexpr std::size_t kMaxSpecChain = 16;

}  // namespace forge
