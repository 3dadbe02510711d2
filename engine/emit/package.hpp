// The package: every file of a migration, made from a finished plan.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/base/folder.hpp"
#include "engine/plan/plan.hpp"

namespace forge {

// Every file of the package's folder, its path relative to that folder. Pure: equal plans give equal bytes. The plan
// has been completed (classify.hpp). Errors (spec): no scripts can be written for its engine.
Result<std::vector<FolderFile>> build_package(const Plan& plan);

// The files that the package in `folder` is made of, by its own plan.json, and those that may come to it (evidence.json).
// Errors (io): no package of ours stands there.
Result<std::vector<std::string>> package_files(const std::filesystem::path& folder);

// Builds the package and puts it in place of `folder`, all of it or nothing; only an empty folder or another package is
// replaced (folder.hpp). A file there that records evidence (evidence.json) is kept.
Result<void> write_package(const Plan& plan, const std::filesystem::path& folder);

// The change table of FEATURES A4, as Markdown: also what `run` and `diff` print.
std::string render_diff_table(const Plan& plan);

// One screen about the plan, as Markdown: digest.md, and what `run` prints.
std::string render_digest(const Plan& plan);

// What a plan's approval binds to: sha256 of plan.json without its last two members, the hash
// and the instant.
std::string plan_hash(const Plan& plan);

}  // namespace forge
