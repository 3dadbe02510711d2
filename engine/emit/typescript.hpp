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

struct TypescriptScript {
  std::string what;  // its first line: "Forward, every phase"
  std::string file;  // relative to the package's folder
  std::vector<const Step*> steps;
  bool forward = true;
  std::string warning;  // comment lines that open it; may be empty
  std::string note;     // comment lines behind its head
};

// A script that runs steps forward or backward. `turns` are the plan's.
std::string typescript_script(const Plan& plan, const Turns& turns, const TypescriptScript& script);

// A script that asks every question, prints what it finds, and exits with 1 where one does not hold.
std::string typescript_validation(const Plan& plan, std::string_view what, std::string_view file,
                                  const Expectations& expectations);

// A statement or a question as an indented literal.
std::string typescript_document(const std::string& json, int indent);

}  // namespace forge
