#include "engine/cli/approval.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>

#include "engine/base/hash.hpp"
#include "engine/cli/window.hpp"
#include "engine/emit/evidence.hpp"

namespace forge {
namespace {

Result<void> refused(std::string message, std::string hint) {
  return fail(ErrorCode::refused, std::move(message), std::move(hint));
}

}  // namespace

Result<void> approved(const RunRequest& request, const EnvironmentConfig* environment, const PlanFile& plan) {
  const bool asked = environment && environment->require_approval;
  if (request.approve == plan.hash || (request.approve.empty() && !asked)) return {};
  return refused(request.approve.empty()
                     ? fmt::format("the environment asks for an approval of the plan '{}'", plan.id)
                     : fmt::format("what was approved is another plan than '{}' as it stands now", plan.id),
                 fmt::format("who approves of it gives its hash: --approve {}", plan.hash));
}

Result<void> proved(const EnvironmentConfig* environment, const PlanFile& plan) {
  if (!environment || !environment->require_proof) return {};
  const auto folder = std::filesystem::path(plan.path).parent_path();
  const auto evidence = evidence_of(folder, plan.hash);
  if (evidence && evidence->proved) return {};
  return refused(fmt::format("the environment asks for a proof of the plan '{}', which is {}", plan.id,
                             proof_words(folder, plan.hash)),
                 "forgelua test proves it on a copy, and writes the evidence into the package");
}

std::string second_hash(const PlanFile& plan) { return sha256_hex("irreversible steps of " + plan.hash); }

Result<void> may_destroy(const RunRequest& request, const EnvironmentConfig* environment, const PlanFile& plan,
                         const Step& step) {
  if (!environment) return {};
  if (environment->require_second_approval && request.second_approval != second_hash(plan)) {
    const auto what = fmt::format("step {}, {}, destroys {}", step.number, step.title, step.loses_forward);
    return refused(
        request.second_approval.empty() ? what + ": the environment asks for a second approval"
                                        : what + ": what was given as the second approval is none of this plan",
        fmt::format("who approves of what cannot be brought back says --approve-irreversible {}", second_hash(plan)));
  }
  return within_window(environment->irreversible_window, std::chrono::system_clock::now(), "irreversibleWindow");
}

}  // namespace forge
