// A folder that is written whole, and that replaces nothing but its own kind.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/error.hpp"

namespace forge {

// One file of such a folder: its path relative to the folder, and its bytes.
using FolderFile = std::pair<std::string, std::string>;

// Asked about a folder that is not empty: the files that it may hold (relative paths) if it is to be replaced. An error
// where it is not of the kind that may be replaced at all.
using FilesOf = std::function<Result<std::vector<std::string>>(const std::filesystem::path& folder)>;

// Writes all of `files` into a sibling folder first, which then takes the place of `folder` in one step. Whenever the
// process ends, `folder` is the old one or the new one, whole. Two writers of one folder come one after the other.
//
// A folder that stands there is replaced only where it is empty or holds nothing but regular files that `files_of` names;
// otherwise it is left as it is, and the error names what stands in the way. Those of its files that `keep` names come
// along. A symbolic link stays, and the folder that it names is replaced.
//
// Errors (io): a name in `files` that would leave the folder; a file, or a folder with foreign files, in the way; a parent
// that cannot be written; a full disk. Nothing of the attempt stays behind.
Result<void> write_folder_atomic(const std::filesystem::path& folder, const std::vector<FolderFile>& files,
                                 const FilesOf& files_of, const std::vector<std::string>& keep = {});

// Whether a relative path names something inside its folder: no "..", not absolute, not empty.
bool stays_inside(const std::filesystem::path& relative);

}  // namespace forge
