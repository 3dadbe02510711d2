// evidence.json: what running a package on a copy has shown (docs/running-plans.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/error.hpp"

namespace forge {

constexpr std::int64_t kEvidenceVersion = 1;

// One step's way there or back.
struct StepEvidence {
  int number = 0;
  std::string id;
  double seconds = 0;
  std::vector<std::pair<std::string, std::string>> locks;  // table, and its strongest lock as the server calls it
  std::vector<std::string> rewrites, scans;                // tables that were written anew; that were read under a lock

  bool operator==(const StepEvidence&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("number", self.number);
    visit("id", self.id);
    visit("seconds", self.seconds);
    visit("locks", self.locks);
    visit("rewrites", self.rewrites);
    visit("scans", self.scans);
  }
};

struct WayEvidence {
  double seconds = 0;
  std::vector<StepEvidence> steps;  // in the order in which they were run

  bool operator==(const WayEvidence&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("seconds", self.seconds);
    visit("steps", self.steps);
  }
};

struct Evidence {
  std::string tool_version, id, hash;  // the plan's
  std::string engine, version;         // of the server that it ran on
  std::string tested_at;               // ISO 8601
  bool proved = false;
  std::string data;  // "generated" or "sampled"
  std::int64_t seed = 0, tables = 0, rows = 0;
  std::vector<std::string> notes;  // what the copy lacks: tables with fewer rows than were asked for, and why
  WayEvidence forward, backward;
  std::int64_t checks = 0;            // that were asked once every step had run
  std::vector<std::string> lost;      // what differs from the start as the plan says
  std::vector<std::string> failures;  // why the package is not proved

  bool operator==(const Evidence&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("tool_version", self.tool_version);
    visit("id", self.id);
    visit("hash", self.hash);
    visit("engine", self.engine);
    visit("version", self.version);
    visit("tested_at", self.tested_at);
    visit("proved", self.proved);
    visit("data", self.data);
    visit("seed", self.seed);
    visit("tables", self.tables);
    visit("rows", self.rows);
    visit("notes", self.notes);
    visit("forward", self.forward);
    visit("backward", self.backward);
    visit("checks", self.checks);
    visit("lost", self.lost);
    visit("failures", self.failures);
  }
};

// The file's bytes, and back. Errors (spec): it is no evidence of this format.
std::string evidence_text(const Evidence& evidence);
Result<Evidence> read_evidence_text(const std::string& text, const std::string& name);

// What a package's folder holds about the plan of this hash; none where it holds nothing, or that of another plan.
std::optional<Evidence> evidence_of(const std::filesystem::path& folder, const std::string& hash);

// Whether the plan of this hash is proved by what its package's folder holds, in a few words for people: "proved on …", "not proved: …",
// "not tested on a copy".
std::string proof_words(const std::filesystem::path& folder, const std::string& hash);

// What documents say behind "Rollback tested: yes, ". Only for a plan that is proved.
std::string rollback_words(const Evidence& evidence);

// The section of migration-plan.md that tells what each step took on the copy, there and back; it ends with an empty line.
std::string test_section(const Evidence& evidence);

// The lines of migration-plan.md and digest.md that say whether the way back was tested; `words` are "" where it was not.
std::string tested_bullet(const std::string& words);
std::string tested_row(const std::string& words);
// Makes the documents in a package's folder say what its evidence says, as `run` would write them. Errors (io).
Result<void> tell_documents(const std::filesystem::path& folder, const Evidence& evidence);

}  // namespace forge
