// forward.sql, rollback.sql and the scripts of the phases.
#pragma once

#include <string>

#include "engine/emit/client.hpp"
#include "engine/emit/segments.hpp"
#include "engine/emit/turn.hpp"

namespace forge {

// The whole way there, and the whole way back.
std::string forward_script(const Plan& plan, const Client& client);
std::string rollback_script(const Plan& plan, const Client& client);

// The same for one segment. `summary` and `turns` are the plan's: there may be hundreds of segments.
std::string segment_script(const Plan& plan, const Summary& summary, const Turns& turns, const Client& client,
                           const Segment& segment);
std::string segment_rollback_script(const Plan& plan, const Summary& summary, const Turns& turns, const Client& client,
                                    const Segment& segment);

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
