// Parts of the longer documents that stand in files of their own.
#pragma once

#include <string>

#include "engine/emit/client.hpp"
#include "engine/plan/plan.hpp"

namespace forge {

// migration-plan.md
std::string phases_part(const Plan& plan, const Client& client);     // the diagram, and a section per phase
std::string readiness_part(const Plan& plan, const Client& client);  // impact, tests, strategies, checklists, files

// runbook.md
// What to type when a script has stopped in the middle: to go on, and to go back.
std::string stop_part(const Plan& plan, const Client& client);
std::string schedule_part(const Plan& plan);                          // Day 0 … Day 15+
std::string monitoring_part(const Plan& plan, const Client& client);  // figures, queries
std::string rollback_part(const Plan& plan, const Client& client);    // decision tree, procedure, data recovery
std::string afterwards_part(const Plan& plan, const Client& client);  // people, customers, clean-up, post-mortem

int lock_weight(const Step& step);           // for comparing: more is worse
std::string traffic_text(const Step& step);  // what readers and writers of the table notice
// What is a reason to roll back, with numbers; one line each.
std::vector<std::string> rollback_triggers(const Plan& plan);

}  // namespace forge
