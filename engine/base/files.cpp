#include "engine/base/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fstream>

#include "engine/base/descriptor.hpp"

namespace forge {
namespace fs = std::filesystem;
namespace {

Result<void> write_all(Descriptor& out, const fs::path& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(out.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io_error("write", path, last_error());
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (!out.close()) return io_error("write", path, last_error());
  return {};
}

// The file that a path means: the end of its links, where it is one.
Result<fs::path> linked(const fs::path& path) {
  std::error_code error;
  if (!fs::is_symlink(fs::symlink_status(path, error))) return path;
  auto target = fs::weakly_canonical(path, error);
  if (error || fs::is_symlink(fs::symlink_status(target, error))) {
    return fail(ErrorCode::io, fmt::format("cannot write '{}': it is a link to nothing", path.string()));
  }
  return target;
}

Result<void> make_parent(const fs::path& path) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  if (error) return io_error("create the folder", path.parent_path(), error);
  return {};
}

}  // namespace

std::unexpected<Error> io_error(std::string_view doing, const fs::path& path, const std::error_code& why) {
  return fail(ErrorCode::io, fmt::format("cannot {} '{}': {}", doing, path.string(), why.message()));
}

std::error_code last_error() { return {errno, std::generic_category()}; }

Result<std::string> read_file(const fs::path& path, std::size_t limit) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    return fail(ErrorCode::io, fmt::format("cannot read '{}': it is a directory", path.string()));
  }
  // One that nobody writes to would be waited for without end. What a shell hands over, it has opened already.
  const std::string name = path.string();
  const bool handed = name == "/dev/stdin" || name.starts_with("/dev/fd/") || name.starts_with("/proc/");
  if (!handed && fs::is_fifo(path, error)) {
    return fail(ErrorCode::io, fmt::format("cannot read '{}': it is a named pipe, and no file", path.string()));
  }
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) return io_error("read", path, last_error());
  std::string bytes;
  // Nothing is moved while it grows, as far as the size is known.
  if (const auto size = fs::file_size(path, error); !error) bytes.reserve(std::min<std::uintmax_t>(size, limit));
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

std::string portable_path(const fs::path& path) {
  if (!path.is_absolute()) return path.lexically_normal().generic_string();
  std::error_code error;
  const auto seen = path.lexically_relative(fs::current_path(error));
  const bool below = !error && !seen.empty() && *seen.begin() != "..";
  return below ? seen.generic_string() : path.filename().generic_string();
}

namespace {

Result<void> write_new(const fs::path& path, std::string_view bytes, mode_t mode) {
  Descriptor out(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (out.get() < 0) return io_error("create", path, last_error());
  return write_all(out, path, bytes);
}

}  // namespace

Result<void> write_new_file(const fs::path& path, std::string_view bytes) { return write_new(path, bytes, 0666); }

Result<void> must_be_replaceable(const fs::path& path) {
  std::error_code error;
  const auto there = fs::status(path, error);
  if (!fs::exists(there) || fs::is_regular_file(there)) return {};
  const bool folder = fs::is_directory(there);
  return fail(ErrorCode::io, fmt::format("cannot write '{}': {}", path.string(),
                                         folder ? "it is a directory" : "it is a device or a pipe, and no file"));
}

Result<void> write_file_atomic(const fs::path& named, std::string_view bytes) {
  FORGE_ASSIGN(const fs::path path, linked(named));
  std::error_code error;
  FORGE_TRY(must_be_replaceable(named));
  FORGE_TRY(make_parent(path));
  const fs::path fresh = path.parent_path() / fmt::format(".{}.forgelua-new.{}", path.filename().string(), ::getpid());
  fs::remove(fresh, error);
  // Not for a moment may others read what they could not read before.
  struct stat old{};
  const bool stands = ::stat(path.c_str(), &old) == 0;
  auto done = write_new(fresh, bytes, stands ? old.st_mode & 0600 : 0666);
  if (done && stands) ::chmod(fresh.c_str(), old.st_mode & 07777);
  if (done && ::rename(fresh.c_str(), path.c_str()) != 0) done = io_error("write", path, last_error());
  if (!done) fs::remove(fresh, error);
  return done;
}

}  // namespace forge
