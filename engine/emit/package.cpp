#include "engine/emit/package.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <iterator>

#include "engine/emit/documents.hpp"
#include "engine/emit/plan_json.hpp"
#include "engine/emit/script.hpp"
#include "engine/emit/typescript.hpp"
#include "engine/emit/validation.hpp"

namespace forge {
namespace {

using Files = std::vector<FolderFile>;

void validation(Files& files, const Plan& plan, const Client& client, std::string_view what, const std::string& name,
                const Expectations& expectations) {
  if (client.mongodb()) return void(files.emplace_back(name, typescript_validation(plan, what, name, expectations)));
  files.emplace_back(name, validation_script(plan, client, {what, name}, expectations));
}

void add_scripts(Files& files, const Plan& plan, const Client& client) {
  if (client.mongodb()) files.emplace_back("forgelua.ts", typescript_support());
  const Scripts scripts(plan, client);
  files.emplace_back(script_file(client, "forward"), scripts.forward());
  files.emplace_back(script_file(client, "rollback"), scripts.rollback());
  validation(files, plan, client, "Validation once every step has run", script_file(client, "validation"),
             final_expectations(plan, client));
  validation(files, plan, client, "Baseline, to note before the start", script_file(client, "phases/0-baseline"),
             baseline_expectations(plan, client));
  for (const auto& segment : segments_of(plan)) {
    files.emplace_back(forward_file(segment), scripts.forward(segment));
    files.emplace_back(rollback_file(segment), scripts.rollback(segment));
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
  // Neither half reads what the other one makes, and their order in the list is fixed.
  auto written = std::async(std::launch::async, [&] {
    Files documents_of_plan;
    documents(documents_of_plan, plan, client);
    return documents_of_plan;
  });
  Files files;
  add_scripts(files, plan, client);
  std::ranges::move(written.get(), std::back_inserter(files));
  return files;
}

Result<void> write_package(const Plan& plan, const std::filesystem::path& folder) {
  FORGE_ASSIGN(const Files files, build_package(plan));
  return write_folder_atomic(folder, files, package_files, {"evidence.json"});
}

}  // namespace forge
