#include "engine/exec/proof_witness.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace forge {
namespace {

// Strength of PostgreSQL's table locks; below 0: none, or another engine's.
int strength(std::string_view lock) {
  constexpr std::string_view kOrder[] = {
      "ACCESS SHARE", "ROW SHARE",           "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE",
      "SHARE",        "SHARE ROW EXCLUSIVE", "EXCLUSIVE",     "ACCESS EXCLUSIVE"};
  const auto* found = std::ranges::find(kOrder, lock);
  return found == std::end(kOrder) ? -1 : static_cast<int>(found - std::begin(kOrder));
}

std::string none_or(const std::string& lock) { return lock.empty() ? "none" : lock; }

// Steps that the plan says nothing of: SQL of the user's own, and those that only tidy up.
bool foreseen(const Step& step) {
  if (step.ops.empty() && !step.work) return false;
  return std::ranges::none_of(step.ops, [](const Change& op) { return std::holds_alternative<Delta<Raw>>(op); });
}

class Comparison {
 public:
  Comparison(const Step& step, const Seen& seen) : step_(step), seen_(seen) {}

  std::vector<std::string> postgres() {
    std::string strongest;
    for (const auto& [table, lock] : seen_.locks) {
      if (strength(lock) > strength(strongest)) strongest = lock;
    }
    const int said = strength(step_.impact.lock), taken = strength(strongest);
    if (taken > said || (seen_.whole && !step_.work && taken < said)) {
      add(fmt::format("it took the lock {} ({}), and the plan says {}", none_or(strongest), tables_with(strongest),
                      none_or(step_.impact.lock)));
    }
    rewrites();
    if (!step_.work && seen_.reads_seen) scans();
    return std::move(out_);
  }

  std::vector<std::string> mysql() {
    const bool blocks = step_.impact.blocks == "writes" || step_.impact.blocks == "reads and writes";
    for (const auto& [table, lock] : seen_.locks) {
      const bool held = lock == "SHARED_NO_WRITE" || lock == "SHARED_NO_READ_WRITE" || lock == "SHARED_READ_ONLY";
      if (held && !blocks)
        add(fmt::format("it took the lock {} on {}, and the plan says that it blocks {}", lock, table,
                        none_or(step_.impact.blocks)));
    }
    rewrites();
    return std::move(out_);
  }

 private:
  void add(std::string what) { out_.push_back(fmt::format("step {}, {}: {}", step_.number, step_.title, what)); }

  std::string tables_with(const std::string& lock) const {
    std::string out;
    for (const auto& [table, mode] : seen_.locks) {
      if (mode == lock) out += (out.empty() ? "on " : ", ") + table;
    }
    return out.empty() ? "on nothing" : out;
  }
  static std::string listed(const std::set<std::string>& tables) {
    std::string out;
    for (const auto& table : tables) out += (out.empty() ? "" : ", ") + table;
    return out;
  }

  void rewrites() {
    if (!seen_.rewrites.empty() && !step_.impact.rewrite)
      add(fmt::format("it wrote {} anew, and the plan says that no table is", listed(seen_.rewrites)));
    if (seen_.rewrites.empty() && step_.impact.rewrite) add("it wrote no table anew, and the plan says that one is");
  }
  void scans() {
    const bool read = !seen_.scans.empty() || !seen_.rewrites.empty();
    if (read && !step_.impact.scan && seen_.rewrites.empty())
      add(fmt::format("it read the rows of {} under its lock, and the plan says that none are", listed(seen_.scans)));
    const bool looked = read || !seen_.searched.empty();
    const bool empty =
        std::ranges::none_of(step_.ops, [&](const Change& op) { return seen_.filled.contains(display(table_of(op))); });
    if (!looked && step_.impact.scan && !empty)
      add("it read no table's rows, and the plan says that some are read under its lock");
  }

  const Step& step_;
  const Seen& seen_;
  std::vector<std::string> out_;
};

}  // namespace

Result<std::unique_ptr<StepWitness>> witness_of(const PlanFile& plan, const std::string& url) {
  if (plan.client.postgres()) return postgres_witness(url);
  if (plan.client.mysql()) return mysql_witness(url);
  return std::unique_ptr<StepWitness>();
}

std::vector<std::string> against_impact(const PlanFile& plan, const Step& step, const Seen& seen) {
  if (seen.way == Way::backward || !foreseen(step)) return {};
  return plan.client.postgres() ? Comparison(step, seen).postgres() : Comparison(step, seen).mysql();
}

}  // namespace forge
