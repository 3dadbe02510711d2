// The scripts of a package for MongoDB: TypeScript on the official driver, in place of SQL.
#pragma once

#include <string>
#include <vector>

#include "engine/emit/assertions.hpp"
#include "engine/emit/segments.hpp"
#include "engine/emit/turn.hpp"

namespace forge {

// forgelua.ts: what every script of the package imports.
std::string typescript_support();

// forward.ts and rollback.ts, and those of one segment. `turns` are the plan's.
std::string typescript_forward(const Plan& plan);
std::string typescript_rollback(const Plan& plan);
std::string typescript_segment(const Plan& plan, const Turns& turns, const Segment& segment);
std::string typescript_segment_rollback(const Plan& plan, const Turns& turns, const Segment& segment);

// A script that asks every question, prints what it finds, and exits with 1 where one does not hold.
std::string typescript_validation(const Plan& plan, std::string_view what, std::string_view file,
                                  const Expectations& expectations);

// A statement or a question as an indented literal.
std::string typescript_document(const std::string& json, int indent);

}  // namespace forge
