// plan.json as whoever runs a plan needs it (docs/plan-json.md).
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/emit/client.hpp"
#include "engine/model/schema.hpp"
#include "engine/plan/step.hpp"

namespace forge {

struct PlanFile {
  std::string path;  // for messages
  std::string id, spec, tool_version;
  std::map<std::string, std::string> header;
  std::string engine, family, version, environment, bake;
  std::vector<std::string> session;  // statements that a session is pinned to
  std::vector<Change> changes;       // the diff
  std::vector<Step> steps;           // numbered from 1, phases never going back
  std::vector<Assertion> baseline, final_checks;
  std::vector<ServerText> server_texts;
  Schema before;  // the whole schema that the plan begins with
  std::string before_hash, after_hash;
  std::string hash;

  Client client;  // of its family
};

// Reads a package's plan. `path` is the package's folder, or the file itself. Errors: io; (spec) it is none of ours, of a format
// that is not known, or holds what this version does not know; (refused) it was changed since it was written: its hash says so.
Result<PlanFile> read_plan_file(const std::filesystem::path& path);

// The schema once the steps up to `number` have run.
Result<Schema> schema_after(const PlanFile& plan, int number);

// "7d" as seconds: a number and s, m, h or d, or w. Errors (spec).
Result<long> seconds_of(const std::string& duration);

}  // namespace forge
