// Witnesses of the engines, and what they have seen beside what the plan says.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/exec/plan_file.hpp"
#include "engine/exec/witness.hpp"

namespace forge {

// What one step took, in one direction, of tables that stood before it.
struct Seen {
  int step = 0;
  Way way = Way::forward;
  std::map<std::string, std::string> locks;  // table → its strongest lock, as the server calls it
  std::set<std::string> rewrites, scans;     // tables
  std::set<std::string> searched;            // tables whose rows were read by an index
  std::set<std::string> filled;              // tables that held rows as the step began
  bool whole = true;                         // every lock was seen; else some may have come and gone between two looks
  bool reads_seen = true;                    // what was read was looked at everywhere
};

// A witness that keeps what it saw of each step.
class StepWitness : public Witness {
 public:
  const std::vector<Seen>& seen() const { return seen_; }

 protected:
  std::vector<Seen> seen_;  // in the order of running; the last one is under way
};

// The witness for a copy of this plan's engine; null where there is nothing to be seen (SQLite locks the whole file). `url` is the
// copy's. Errors (database).
Result<std::unique_ptr<StepWitness>> witness_of(const PlanFile& plan, const std::string& url);
Result<std::unique_ptr<StepWitness>> postgres_witness(const std::string& url);
Result<std::unique_ptr<StepWitness>> mysql_witness(const std::string& url);

// Where what a step took on the way there is not what its impact says; one line each.
std::vector<std::string> against_impact(const PlanFile& plan, const Step& step, const Seen& seen);

}  // namespace forge
