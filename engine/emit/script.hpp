// forward.sql, rollback.sql and the scripts of the phases.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/emit/client.hpp"
#include "engine/emit/segments.hpp"
#include "engine/emit/turn.hpp"

namespace forge {

// The scripts of one plan, which must outlive this. What a step does, and what takes it back, stands in the whole script and in
// that of its segment: it is made once.
class Scripts {
 public:
  Scripts(const Plan& plan, const Client& client);

  // The whole way there, and the whole way back.
  std::string forward() const;
  std::string rollback() const;
  // The same for one segment of the plan.
  std::string forward(const Segment& segment) const;
  std::string rollback(const Segment& segment) const;

 private:
  std::string head(std::string_view what, std::string_view file) const;
  std::string body(std::vector<const Step*> steps, bool forward) const;

  const Plan& plan_;
  Client client_;
  Summary summary_;
  Turns turns_;
  std::vector<std::string> there_, back_;  // the steps' own texts, in the order of the plan's steps
};

// A statement as it is pasted into the engine's client, with its end: `;`, or a delimiter of its own.
std::string statement_text(const Statement& statement);

// `-- WARNING: rollback is destructive …` lines for these steps; empty where nothing is lost.
std::string rollback_warning(const std::vector<const Step*>& steps);

// `-- WARNING: step … is destructive` lines, of what is gone once a step has run.
std::string destructive_lines(const std::vector<const Step*>& steps);

// "Phase expand, schema"; `what` is its first word.
std::string segment_title(std::string_view what, const Segment& segment);

// How a step ends the way back, in words: "yes", or what is lost.
std::string way_back(const Step& step);

}  // namespace forge
