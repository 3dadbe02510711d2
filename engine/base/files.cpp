#include "engine/base/files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <system_error>

namespace forge {
namespace fs = std::filesystem;
namespace {

std::unexpected<Error> io_error(std::string_view doing, const fs::path& path, const std::error_code& why) {
  return fail(ErrorCode::io, fmt::format("cannot {} '{}': {}", doing, path.string(), why.message()));
}

std::error_code last_error() { return {errno, std::generic_category()}; }

Result<void> write_plain(const fs::path& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) return io_error("write", path, last_error());
  return {};
}

fs::path sibling(const fs::path& path, std::string_view suffix) {
  return path.parent_path() / fmt::format(".{}.{}.{}", path.filename().string(), ::getpid(), suffix);
}

bool stays_inside(const fs::path& relative) {
  if (relative.is_absolute() || relative.empty()) return false;
  for (const auto& part : relative) {
    if (part == "..") return false;
  }
  return true;
}

Result<void> fill(const fs::path& folder, const std::vector<FolderFile>& files) {
  for (const auto& [name, bytes] : files) {
    if (!stays_inside(name)) {
      return fail(ErrorCode::io, fmt::format("'{}' would be written outside the output folder", name));
    }
    std::error_code error;
    fs::create_directories((folder / name).parent_path(), error);
    if (error) return io_error("create the folder of", folder / name, error);
    FORGE_TRY(write_plain(folder / name, bytes));
  }
  return {};
}

Result<void> keep_files(const fs::path& from, const fs::path& to, const std::vector<std::string>& keep) {
  for (const auto& name : keep) {
    std::error_code error;
    if (!fs::exists(from / name, error)) continue;
    fs::create_directories((to / name).parent_path(), error);
    fs::copy(from / name, to / name, fs::copy_options::recursive, error);
    if (error) return io_error("keep", from / name, error);
  }
  return {};
}

Result<void> exchange(const fs::path& fresh, const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder, error)) {
    fs::rename(fresh, folder, error);
    if (error) return io_error("create", folder, error);
    return {};
  }
  const fs::path aside = sibling(folder, "old");
  fs::rename(folder, aside, error);
  if (error) return io_error("replace", folder, error);
  fs::rename(fresh, folder, error);
  if (error) {
    std::error_code ignored;
    fs::rename(aside, folder, ignored);
    return io_error("replace", folder, error);
  }
  fs::remove_all(aside, error);
  return {};
}

}  // namespace

Result<std::string> read_file(const fs::path& path, std::size_t limit) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    return fail(ErrorCode::io, fmt::format("cannot read '{}': it is a directory", path.string()));
  }
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) return io_error("read", path, last_error());
  std::string bytes;
  std::string chunk(std::size_t{1} << 16, '\0');
  while (in.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) || in.gcount() > 0) {
    bytes.append(chunk, 0, static_cast<std::size_t>(in.gcount()));
    if (bytes.size() > limit) {
      return fail(ErrorCode::limit, fmt::format("'{}' is larger than {} bytes", path.string(), limit));
    }
  }
  if (in.bad()) return io_error("read", path, last_error());
  return bytes;
}

Result<void> write_file_atomic(const fs::path& path, std::string_view bytes) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  const fs::path fresh = sibling(path, "new");
  if (auto written = write_plain(fresh, bytes); !written) {
    fs::remove(fresh, error);
    return written;
  }
  fs::rename(fresh, path, error);
  if (error) {
    std::error_code ignored;
    fs::remove(fresh, ignored);
    return io_error("write", path, error);
  }
  return {};
}

Result<void> write_folder_atomic(const fs::path& named, const std::vector<FolderFile>& files,
                                 const std::vector<std::string>& keep) {
  const fs::path folder = named.has_filename() ? named : named.parent_path();
  std::error_code error;
  if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), error);
  if (error) return io_error("create", folder.parent_path(), error);
  const fs::path fresh = sibling(folder, "new");
  fs::remove_all(fresh, error);
  fs::create_directories(fresh, error);
  if (error) return io_error("create", fresh, error);
  auto done = fill(fresh, files);
  if (done) done = keep_files(folder, fresh, keep);
  if (done) done = exchange(fresh, folder);
  if (!done) fs::remove_all(fresh, error);
  return done;
}

}  // namespace forge
