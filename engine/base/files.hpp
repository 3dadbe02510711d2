// The few things the engine does with the file system.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "engine/base/error.hpp"

namespace forge {

// The whole file as bytes. Errors: not there, a directory, not readable (io); larger than `limit` bytes (limit).
Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit = std::size_t{256} << 20);

// The path as it may stand in a package, which holds no trace of a machine: an absolute one as seen from the working
// folder, or as its last part where it lies elsewhere. Others as they are.
std::string portable_path(const std::filesystem::path& path);

// Writes through a temporary file beside `path` and renames it into place: all of it or nothing. A symbolic link stays,
// and the file that it names is written. Folders above `path` are made where they are missing. Errors (io):
// must_be_replaceable's; whatever the file system says.
Result<void> write_file_atomic(const std::filesystem::path& path, std::string_view bytes);

// Errors (io): a folder, a device or a pipe stands there, or at the end of its links.
Result<void> must_be_replaceable(const std::filesystem::path& path);

// Writes a file that does not exist yet, and not through a link. Errors (io): it exists; the disk is full …
Result<void> write_new_file(const std::filesystem::path& path, std::string_view bytes);

// "cannot DOING 'path': why" (io).
std::unexpected<Error> io_error(std::string_view doing, const std::filesystem::path& path, const std::error_code& why);

// What the last system call said.
std::error_code last_error();

}  // namespace forge
