// Reads specs that stand in tests as text.
#pragma once

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "engine/lua/spec.hpp"

namespace forge::test {

// A folder of one test's own, removed at its end.
struct Scratch {
  std::filesystem::path path;
  Scratch() {
    static int last = 0;
    path = std::filesystem::temp_directory_path() /
           ("forgelua-spec-" + std::to_string(::getpid()) + "-" + std::to_string(++last));
    std::filesystem::create_directories(path);
  }
  ~Scratch() { std::filesystem::remove_all(path); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string file(const std::string& name) const { return (path / name).string(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name, std::ios::binary) << text;
  }
};

inline Result<Spec> try_evaluate(const std::string& text, const std::string& engine) {
  const Scratch folder;
  folder.write("spec.migration.lua", text);
  EvaluateOptions options;
  options.engine = engine;
  return evaluate_spec(folder.file("spec.migration.lua"), options);
}

inline Spec evaluate(const std::string& text, const std::string& engine) {
  auto spec = try_evaluate(text, engine);
  if (!spec) FAIL(render(spec.error()));
  return std::move(*spec);
}

// A migration from nothing to a schema with these entries.
inline std::string in_schema(const std::string& entries) {
  return "migration \"m\" { before = schema {}, after = schema {\n" + entries + "} }";
}

}  // namespace forge::test
