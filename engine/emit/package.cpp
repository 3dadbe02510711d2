#include "engine/emit/package.hpp"

#include <fmt/format.h>

#include "engine/emit/documents.hpp"
#include "engine/emit/plan_json.hpp"
#include "engine/emit/script.hpp"
#include "engine/emit/validation.hpp"

namespace forge {
namespace {

using Files = std::vector<FolderFile>;

void validation(Files& files, const Plan& plan, const Client& client, std::string_view what, const std::string& name,
                const Expectations& expectations) {
  files.emplace_back(name, validation_script(plan, client, {what, name}, expectations));
}

void scripts(Files& files, const Plan& plan, const Client& client) {
  files.emplace_back("forward.sql", forward_script(plan, client));
  files.emplace_back("rollback.sql", rollback_script(plan, client));
  validation(files, plan, client, "Validation once every step has run", "validation.sql",
             final_expectations(plan, client));
  validation(files, plan, client, "Baseline, to note before the start", "phases/0-baseline.sql",
             baseline_expectations(plan, client));
  for (const auto& segment : segments_of(plan)) {
    files.emplace_back(forward_file(segment), segment_script(plan, client, segment));
    files.emplace_back(rollback_file(segment), segment_rollback_script(plan, client, segment));
    validation(files, plan, client, fmt::format("Validation after {}", forward_file(segment)), validation_file(segment),
               segment_expectations(plan, client, segment));
  }
}

void documents(Files& files, const Plan& plan, const Client& client) {
  if (auto text = backfill_document(plan, client); !text.empty()) {
    files.emplace_back("backfill.md", std::move(text));
  }
  files.emplace_back("risk-matrix.md", risk_document(plan));
  FrozenPlan frozen = freeze(plan, client);
  files.emplace_back("migration-plan.md", plan_document(plan, client, frozen.hash));
  files.emplace_back("runbook.md", runbook_document(plan, client));
  files.emplace_back("digest.md", render_digest(plan));
  files.emplace_back("plan.json", std::move(frozen.text));
}

}  // namespace

Result<Files> build_package(const Plan& plan) {
  FORGE_ASSIGN(const Client client, client_of(plan));
  Files files;
  scripts(files, plan, client);
  documents(files, plan, client);
  return files;
}

Result<void> write_package(const Plan& plan, const std::filesystem::path& folder) {
  FORGE_ASSIGN(const Files files, build_package(plan));
  return write_folder_atomic(folder, files, {"evidence.json"});
}

}  // namespace forge
