// Schemas as files: versioned JSON, sorted, equal bytes for equal schemas.
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/error.hpp"
#include "engine/model/schema.hpp"

namespace forge {

// A snapshot of what `engine` at `version` holds.
std::string write_snapshot(const Schema& schema, const std::string& engine, const std::string& version);

// Reads one. Errors: io; spec where the file is no snapshot, or one of a version that is not known.
Result<Schema> read_snapshot(const std::filesystem::path& path);

// The engine that a snapshot says it is of; "" where the file is none.
std::string snapshot_engine(const std::filesystem::path& path);

}  // namespace forge
