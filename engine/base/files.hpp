// The few things the engine does with the file system.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/error.hpp"

namespace forge {

// The whole file as bytes. Errors: not there, a directory, not readable (io); larger than `limit` bytes (limit).
Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit = std::size_t{256} << 20);

// Writes through a temporary file beside `path` and renames it into place: all of it or nothing.
Result<void> write_file_atomic(const std::filesystem::path& path, std::string_view bytes);

// One file of a folder that is written whole: its path relative to the folder, and its bytes.
using FolderFile = std::pair<std::string, std::string>;

// Writes a whole folder at once: everything is written into a sibling folder first, which then takes the place
// of `folder` by renames. A failure at any point leaves the old folder as it was. Files in the old folder that
// are not in `files` are kept only where `keep` names them (relative paths). Relative paths must stay inside.
Result<void> write_folder_atomic(const std::filesystem::path& folder, const std::vector<FolderFile>& files,
                                 const std::vector<std::string>& keep = {});

}  // namespace forge
