#include "engine/base/folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <future>
#include <set>
#include <span>
#include <system_error>

#include "engine/base/files.hpp"

namespace forge {
namespace fs = std::filesystem;
namespace {

constexpr const char* kElsewhere = "name a folder that is new or empty, or that holds a package and nothing else";

// A folder as it was named, for people, and where it really is: behind links, without a final slash.
struct Where {
  fs::path named, real;
};

std::unexpected<Error> in_the_way(const fs::path& folder, std::string_view why, std::string hint = kElsewhere) {
  return fail(ErrorCode::io, fmt::format("cannot write the folder '{}': {}", folder.string(), why), std::move(hint));
}

// Holds the parent of a folder against other writers until the end of its scope. A file system that knows no locks lets
// them all in; the exchange by renames is whole there too.
class ParentLock {
 public:
  explicit ParentLock(const fs::path& parent) : number_(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (number_ < 0) return;
    int locked = -1;
    while ((locked = ::flock(number_, LOCK_EX)) != 0 && errno == EINTR) {
    }
    held_ = locked == 0;
  }
  ~ParentLock() {
    if (number_ >= 0) ::close(number_);
  }
  ParentLock(const ParentLock&) = delete;
  ParentLock& operator=(const ParentLock&) = delete;
  bool held() const { return held_; }

 private:
  int number_;
  bool held_ = false;
};

Result<Where> settle(const fs::path& named) {
  std::error_code error;
  const fs::path folder = named.has_filename() ? named : named.parent_path();
  const auto link = fs::symlink_status(folder, error);
  const auto status = fs::status(folder, error);
  if (fs::is_symlink(link) && !fs::exists(status)) return in_the_way(named, "it is a link to nothing");
  if (fs::exists(status) && !fs::is_directory(status)) return in_the_way(named, "a file of that name stands there");
  fs::path real = fs::weakly_canonical(fs::absolute(folder), error);
  if (error) return io_error("reach", named, error);
  // A folder that some process works in must not be swapped from under it, and nothing above it can be.
  const auto inside = fs::current_path(error).lexically_relative(real);
  if (!inside.empty() && *inside.begin() != "..") {
    return in_the_way(named, "it is the working folder, or holds it", "name a folder inside it");
  }
  return Where{named, std::move(real)};
}

std::string mark(const fs::path& folder) { return fmt::format(".{}.forgelua-new.", folder.filename().string()); }

constexpr std::string_view kAside = ".old";

// What writers that were killed left behind: removed, but for an old folder that had stepped aside, which goes back. Only
// under the lock: nobody else is at work then.
void sweep(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> left;
  for (const auto& entry : fs::directory_iterator(folder.parent_path(), error)) {
    if (entry.path().filename().string().starts_with(mark(folder))) left.push_back(entry.path());
  }
  for (const auto& path : left) {
    if (path.native().ends_with(kAside) && !fs::exists(folder, error)) {
      fs::rename(path, folder, error);
    } else {
      fs::remove_all(path, error);
    }
  }
}

std::set<fs::path> folders_above(const std::vector<std::string>& files) {
  std::set<fs::path> out;
  for (const auto& file : files) {
    for (fs::path above = fs::path(file).parent_path(); !above.empty(); above = above.parent_path()) out.insert(above);
  }
  return out;
}

// Errors: something in the folder is neither one of `files` nor a folder of theirs.
Result<void> holds_only(const Where& folder, const std::vector<std::string>& files) {
  const auto folders = folders_above(files);
  std::error_code error;
  fs::recursive_directory_iterator at(folder.real, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    const fs::path name = at->path().lexically_relative(folder.real);
    const auto status = at->symlink_status(error);
    if (fs::is_regular_file(status) && std::ranges::find(files, name.generic_string()) != files.end()) continue;
    if (fs::is_directory(status) && folders.contains(name)) continue;
    return in_the_way(folder.named, fmt::format("it holds '{}', which is no file of a package", name.generic_string()));
  }
  if (error) return io_error("read", folder.named, error);
  return {};
}

// The files of the folder that is to be replaced: none where there is no folder, or an empty one.
Result<std::vector<std::string>> old_files(const Where& folder, const FilesOf& files_of) {
  std::error_code error;
  if (!fs::exists(folder.real, error)) return std::vector<std::string>{};
  const bool empty = fs::is_empty(folder.real, error);
  if (error) return io_error("read", folder.named, error);
  if (empty) return std::vector<std::string>{};
  FORGE_ASSIGN(auto files, files_of(folder.named));
  FORGE_TRY(holds_only(folder, files));
  return files;
}

Result<void> write_each(const fs::path& folder, std::span<const FolderFile> files) {
  for (const auto& [name, bytes] : files) FORGE_TRY(write_new_file(folder / name, bytes));
  return {};
}

// About half of the bytes are written by each of two threads.
Result<void> fill(const fs::path& folder, const std::vector<FolderFile>& files) {
  std::size_t all = 0, half = 0, count = 0;
  for (const auto& [name, bytes] : files) {
    std::error_code error;
    fs::create_directories((folder / name).parent_path(), error);
    if (error) return io_error("create the folder of", folder / name, error);
    all += bytes.size();
  }
  while (half < all / 2) half += files[count++].second.size();
  auto rest = std::async(std::launch::async, [&] { return write_each(folder, std::span(files).subspan(count)); });
  auto done = write_each(folder, std::span(files).first(count));
  auto other = rest.get();
  return done ? other : done;
}

Result<void> keep_files(const fs::path& from, const fs::path& to, const std::vector<std::string>& keep) {
  for (const auto& name : keep) {
    std::error_code error;
    if (!fs::exists(from / name, error)) continue;
    fs::create_directories((to / name).parent_path(), error);
    fs::copy_file(from / name, to / name, error);
    if (error) return io_error("keep", from / name, error);
  }
  return {};
}

// Removes the old files by name, so that what came in the meantime stays.
Result<void> discard(const fs::path& aside, const std::vector<std::string>& files) {
  std::error_code error;
  for (const auto& file : files) fs::remove(aside / file, error);
  const auto folders = folders_above(files);
  for (auto above = folders.rbegin(); above != folders.rend(); ++above) fs::remove(aside / *above, error);
  error.clear();
  fs::remove(aside, error);
  if (!error) return {};
  // Out of the reach of the next sweep.
  const fs::path kept = aside.string() + ".kept";
  fs::rename(aside, aside.parent_path() / kept.filename().string().substr(1), error);
  return fail(ErrorCode::io,
              fmt::format("the package is written, but files came into the old one meanwhile; they are in '{}'",
                          kept.filename().string().substr(1)),
              "move them where they belong");
}

// Puts `fresh` where `folder` is; then `fresh` holds what was there, or does not exist.
Result<void> exchange(const fs::path& fresh, const Where& folder) {
  std::error_code error;
  if (!fs::exists(folder.real, error)) {
    if (::rename(fresh.c_str(), folder.real.c_str()) != 0) return io_error("create", folder.named, last_error());
    return {};
  }
  if (::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, folder.real.c_str(), RENAME_EXCHANGE) == 0) return {};
  if (errno == EBUSY || errno == EXDEV) {
    return in_the_way(folder.named, "another file system is mounted there", "name a folder inside it");
  }
  if (errno != EINVAL && errno != ENOSYS) return io_error("replace", folder.named, last_error());
  // This file system cannot exchange two folders: the old one steps aside first.
  const fs::path aside = fresh.string() + std::string(kAside);
  if (::rename(folder.real.c_str(), aside.c_str()) != 0) return io_error("replace", folder.named, last_error());
  if (::rename(fresh.c_str(), folder.real.c_str()) != 0) {
    const auto why = last_error();
    fs::rename(aside, folder.real, error);
    return io_error("replace", folder.named, why);
  }
  fs::rename(aside, fresh, error);
  return {};
}

Result<void> replace(const Where& folder, const std::vector<FolderFile>& files, const FilesOf& files_of,
                     const std::vector<std::string>& keep) {
  const ParentLock lock(folder.real.parent_path());
  if (lock.held()) sweep(folder.real);
  FORGE_ASSIGN(const auto old, old_files(folder, files_of));
  const fs::path fresh = folder.real.parent_path() / fmt::format("{}{}", mark(folder.real), ::getpid());
  std::error_code error;
  if (!fs::create_directory(fresh, error)) {
    if (!error) error = std::make_error_code(std::errc::file_exists);
    return io_error("create a folder beside", folder.named, error);
  }
  auto done = fill(fresh, files);
  if (done) done = keep_files(folder.real, fresh, keep);
  if (done) done = exchange(fresh, folder);
  if (!done) {
    fs::remove_all(fresh, error);
    return done;
  }
  return fs::exists(fresh, error) ? discard(fresh, old) : Result<void>{};
}

}  // namespace

bool stays_inside(const fs::path& relative) {
  if (relative.is_absolute() || relative.empty()) return false;
  return std::ranges::find(relative, fs::path("..")) == relative.end();
}

Result<void> write_folder_atomic(const fs::path& named, const std::vector<FolderFile>& files, const FilesOf& files_of,
                                 const std::vector<std::string>& keep) {
  for (const auto& [name, bytes] : files) {
    if (stays_inside(name)) continue;
    return fail(ErrorCode::io, fmt::format("'{}' would be written outside the output folder", name));
  }
  FORGE_ASSIGN(const auto folder, settle(named));
  std::error_code error;
  fs::create_directories(folder.real.parent_path(), error);
  if (error) return io_error("create the folder above", named, error);
  return replace(folder, files, files_of, keep);
}

}  // namespace forge
