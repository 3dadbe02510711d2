// How a plan's steps are cut into the files of `phases/`.
#pragma once

#include <string>
#include <vector>

#include "engine/plan/plan.hpp"

namespace forge {

// Steps that follow each other, of one phase, which either all change the schema or all move rows; halts stand around them.
struct Segment {
  Phase phase = Phase::expand;
  bool backfill = false;
  std::string name;                // of its files: "2-backfill"; a further one of the same kind is "2-backfill-part2"
  std::string ending;              // of its files: ".sql", or ".ts" for MongoDB
  std::vector<const Step*> steps;  // never empty; owned by the plan
};

// The step has nothing to run: people do what it says (stop the application, take a backup).
bool is_halt(const Step& step);

// In order of running. No script runs past a halt: it stands at the beginning of its segment, or at the end of a phase.
std::vector<Segment> segments_of(const Plan& plan);

// The name of each step's segment, by the step's number; the first entry is empty.
std::vector<std::string> segment_names(const Plan& plan);

// "phases/<name>.sql" (or .ts), "phases/<name>.rollback.sql", "phases/<name>.validation.sql".
std::string forward_file(const Segment& segment);
std::string rollback_file(const Segment& segment);
std::string validation_file(const Segment& segment);

}  // namespace forge
