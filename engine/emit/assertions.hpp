// What must hold at each point of a plan, as far as it follows from the model alone: plain SQL that differs between
// engines only in its quoting. What needs a server's catalog comes from the dialect (Step::done, Plan::final_checks).
#pragma once

#include <vector>

#include "engine/emit/client.hpp"
#include "engine/emit/segments.hpp"

namespace forge {

// A statement that must fail once the plan has run: tried, and taken back if it did not.
struct RefusedWrite {
  std::string title;
  std::string sql;    // changes one row, of `table`, to what `condition` finds
  std::string table;  // quoted
  std::string condition;
};

struct Expectations {
  std::vector<Assertion> checks;  // `expect` empty: printed, not judged
  std::vector<RefusedWrite> refused;
  std::vector<ServerText> server_texts;
};

// Figures of every table that is touched, to note before the start.
Expectations baseline_expectations(const Plan& plan, const Client& client);
// After a segment: its steps' checks, what they built, and old compared with new while both are there.
Expectations segment_expectations(const Plan& plan, const Client& client, const Segment& segment);
// Once every step has run.
Expectations final_expectations(const Plan& plan, const Client& client);

}  // namespace forge
