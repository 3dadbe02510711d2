// A plan's steps by phase, for the documents.
#pragma once

#include <string>
#include <vector>

#include "engine/emit/client.hpp"
#include "engine/emit/segments.hpp"

namespace forge {

struct PhasePart {
  Phase phase = Phase::expand;
  std::vector<const Step*> steps;  // never empty; owned by the plan
  std::vector<Segment> segments;
};

// The phases that have steps, in order.
std::vector<PhasePart> phases_of(const Plan& plan);

std::string phase_title(const PhasePart& part);  // "Phase 2, migrate"
std::string phase_goal(Phase phase);
std::string steps_text(const std::vector<const Step*>& steps);  // "step 3" or "steps 3-7"
double seconds_of(const PhasePart& part);
std::vector<const Step*> all_steps(const Plan& plan);
std::vector<std::string> apps_of(const PhasePart& part);  // application work, each text once
// What the phase's way back loses, each once; empty where it loses nothing.
std::vector<std::string> losses_of(const PhasePart& part);
// "Both applications work", or from which step on one does not.
std::string application_state(const PhasePart& part);
// Days that contract waits for, read from Plan::bake; rounded up.
int bake_days(const Plan& plan);

// Every table that steps touch, in order of name, for backup commands and notices.
std::vector<QName> tables_of(const Plan& plan);
// The statement that shows how far replicas are behind; "" where the engine has none.
std::string lag_query(const Client& client);
// What shows sessions that wait for locks, and who holds them; "" likewise.
std::string lock_query(const Client& client);

}  // namespace forge
