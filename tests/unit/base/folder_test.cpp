// Folders are replaced whole, and nothing that is not ours is touched.
#include "engine/base/folder.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <fstream>
#include <map>

#include "engine/base/files.hpp"
#include "tests/support/process.hpp"

using namespace forge;
using Catch::Matchers::ContainsSubstring;
namespace fs = std::filesystem;

namespace {

using Bytes = std::map<std::string, std::string>;

// Everything below a folder: files with their bytes, links with their targets, folders with a final slash.
Bytes everything(const fs::path& folder) {
  Bytes out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto name = entry.path().lexically_relative(folder).string();
    if (entry.is_symlink()) {
      out[name] = "-> " + fs::read_symlink(entry.path()).string();
    } else if (entry.is_directory()) {
      out[name + "/"] = "";
    } else {
      out[name] = read_file(entry.path()).value();
    }
  }
  return out;
}

// The files of our kind of folder: a.sql, phases/b.sql, c.sql, evidence.json; it says "ours" in a.sql.
Result<std::vector<std::string>> files_of(const fs::path& folder) {
  const auto text = read_file(folder / "a.sql");
  if (!text || !text->starts_with("ours")) return fail(ErrorCode::io, "not ours");
  return std::vector<std::string>{"a.sql", "phases/b.sql", "c.sql", "evidence.json"};
}

std::vector<FolderFile> files(const std::string& text) { return {{"a.sql", "ours " + text}, {"phases/b.sql", text}}; }

Result<void> write(const fs::path& folder, const std::string& text) {
  return write_folder_atomic(folder, files(text), files_of, {"evidence.json"});
}

void put(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

// Writing must fail with `message`, and everything in `root` must stay as it is.
void refused(const fs::path& root, const fs::path& folder, const std::string& message) {
  const auto before = everything(root);
  const auto done = write(folder, "new");
  REQUIRE_FALSE(done);
  CHECK_THAT(done.error().message, ContainsSubstring(message));
  CHECK(done.error().code == ErrorCode::io);
  CHECK(everything(root) == before);
}

// Whether `body` is true in a process of its own.
bool in_child(const std::function<bool()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body() ? 0 : 1);
  int status = 0;
  return ::waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace

TEST_CASE("a folder is written whole, and keeps what it is told to", "[base][folder]") {
  const test::TemporaryFolder root;
  const fs::path out = root.file("above/out");
  REQUIRE(write(out, "1"));
  CHECK(everything(root.path()) == Bytes{{"above/", ""},
                                         {"above/out/", ""},
                                         {"above/out/a.sql", "ours 1"},
                                         {"above/out/phases/", ""},
                                         {"above/out/phases/b.sql", "1"}});
  put(out / "evidence.json", "kept");
  put(out / "c.sql", "gone");
  REQUIRE(write_folder_atomic(out.string() + "/", {{"a.sql", "ours 2"}}, files_of, {"evidence.json"}));
  CHECK(everything(out) == Bytes{{"a.sql", "ours 2"}, {"evidence.json", "kept"}});
  CHECK(everything(out.parent_path()).size() == 3);
}

TEST_CASE("a relative name is one in the working folder", "[base][folder]") {
  const test::TemporaryFolder root;
  CHECK(in_child([&] {
    return ::chdir(root.path().c_str()) == 0 && write("out", "1") && write("./out/", "2") && write("a/b", "3");
  }));
  CHECK(read_file(root.file("out/phases/b.sql")) == "2");
  CHECK(read_file(root.file("a/b/phases/b.sql")) == "3");
}

TEST_CASE("an empty folder is filled", "[base][folder]") {
  const test::TemporaryFolder root;
  fs::create_directory(root.file("out"));
  REQUIRE(write(root.file("out"), "1"));
  CHECK(fs::exists(root.file("out/phases/b.sql")));
}

TEST_CASE("a folder with anything foreign in it is left alone", "[base][folder]") {
  const test::TemporaryFolder root;
  const fs::path out = root.file("out");
  SECTION("no folder of ours") {
    put(out / "thesis.txt", "ten years of work");
    refused(root.path(), out, "not ours");
  }
  REQUIRE((fs::exists(out) || write(out, "old")));
  SECTION("a file beside ours") {
    put(out / "notes.txt", "x");
    refused(root.path(), out, "it holds 'notes.txt', which is no file of a package");
  }
  SECTION("a file in a folder of ours") {
    put(out / "phases/mine.sql", "x");
    refused(root.path(), out, "'phases/mine.sql'");
  }
  SECTION("a hidden folder") {
    fs::create_directory(out / ".git");
    refused(root.path(), out, "'.git'");
  }
  SECTION("a link where a file of ours should be") {
    put(root.file("elsewhere"), "x");
    fs::create_symlink(root.file("elsewhere"), out / "c.sql");
    refused(root.path(), out, "'c.sql'");
  }
  SECTION("a link where a folder of ours should be") {
    fs::rename(out / "phases", root.file("moved"));
    fs::create_directory_symlink(root.file("moved"), out / "phases");
    refused(root.path(), out, "'phases'");
  }
  SECTION("a folder where a file of ours should be") {
    fs::create_directory(out / "c.sql");
    refused(root.path(), out, "'c.sql'");
  }
}

TEST_CASE("what cannot be replaced is named", "[base][folder]") {
  const test::TemporaryFolder root;
  SECTION("a file in the way") {
    put(root.file("out"), "x");
    refused(root.path(), root.file("out"), "a file of that name stands there");
  }
  SECTION("a file above") {
    put(root.file("above"), "x");
    refused(root.path(), root.file("above/out"), "Not a directory");
  }
  SECTION("a link to nothing") {
    fs::create_symlink(root.file("nowhere"), root.file("out"));
    refused(root.path(), root.file("out"), "it is a link to nothing");
  }
  SECTION("the working folder") { refused(root.path(), ".", "it is the working folder, or holds it"); }
  SECTION("a folder above the working folder") { refused(root.path(), "..", "it is the working folder, or holds it"); }
  SECTION("the root") { refused(root.path(), "/", "it is the working folder, or holds it"); }
  SECTION("a name that is too long") { refused(root.path(), root.file(std::string(300, 'x')), "File name too long"); }
  SECTION("a name that leaves the folder") {
    for (const auto* name : {"../escape", "/escape", "a/../../escape", ""}) {
      const auto done = write_folder_atomic(root.file("out"), {{name, "x"}}, files_of);
      REQUIRE_FALSE(done);
      CHECK_THAT(done.error().message, ContainsSubstring("outside the output folder"));
    }
    CHECK(everything(root.path()).empty());
  }
}

TEST_CASE("a link to a folder stays, and its folder is replaced", "[base][folder]") {
  const test::TemporaryFolder root;
  REQUIRE(write(root.file("real"), "old"));
  fs::create_directory_symlink("real", root.file("current"));
  REQUIRE(write(root.file("current"), "new"));
  CHECK(fs::is_symlink(root.file("current")));
  CHECK(read_file(root.file("real/phases/b.sql")) == "new");
}

// A child, since root may write everywhere and cannot become root again.
TEST_CASE("a folder that cannot be written says so", "[base][folder]") {
  const test::TemporaryFolder root;
  ::chmod(root.path().c_str(), 0755);
  fs::create_directory(root.file("locked"));
  ::chmod(root.file("locked").c_str(), 0555);
  CHECK(in_child([&] {
    if (::geteuid() == 0 && ::setuid(65534) != 0) return false;
    const auto done = write(root.file("locked/out"), "new");
    return !done && done.error().message.ends_with("Permission denied");
  }));
  CHECK(everything(root.path()).size() == 1);
}

// A child, since the limit holds for the whole process.
TEST_CASE("a full disk leaves the old folder, and nothing else", "[base][folder]") {
  const test::TemporaryFolder root;
  REQUIRE(write(root.file("out"), "old"));
  const auto before = everything(root.path());
  CHECK(in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const struct rlimit limit{4096, 4096};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const std::vector<FolderFile> large{{"a.sql", "ours"}, {"c.sql", std::string(10000, 'x')}};
    const auto done = write_folder_atomic(root.file("out"), large, files_of);
    return !done && done.error().message.starts_with("cannot write");
  }));
  CHECK(everything(root.path()) == before);
}

TEST_CASE("a writer that is killed leaves the old folder or the new one", "[base][folder]") {
  const test::TemporaryFolder root;
  const fs::path out = root.file("out");
  REQUIRE(write(out, "0"));
  for (int round = 1; round <= 60; ++round) {
    const pid_t child = ::fork();
    if (child == 0) {
      for (int i = 0;; ++i) {
        if (!write(out, std::to_string(round) + "." + std::to_string(i))) ::_exit(1);
      }
    }
    ::usleep(static_cast<useconds_t>(500 + round * 37));
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    const auto now = everything(out);
    REQUIRE(now.size() == 3);
    REQUIRE(now.at("a.sql") == "ours " + now.at("phases/b.sql"));
  }
  REQUIRE(write(out, "last"));
  CHECK(everything(root.path()).size() == 4);  // what the killed ones left beside it is gone
}

TEST_CASE("writers of one folder come one after the other", "[base][folder]") {
  const test::TemporaryFolder root;
  const fs::path out = root.file("out");
  std::vector<pid_t> children;
  for (int writer = 0; writer < 4; ++writer) {
    children.push_back(::fork());
    if (children.back() != 0) continue;
    for (int i = 0; i < 25; ++i) {
      if (!write(out, std::to_string(writer) + "." + std::to_string(i))) ::_exit(1);
    }
    ::_exit(0);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  const auto now = everything(root.path());
  CHECK(now.size() == 4);
  CHECK(now.at("out/a.sql") == "ours " + now.at("out/phases/b.sql"));
}

TEST_CASE("a file is written through a link, keeps its mode, and does not replace a folder", "[base]") {
  const test::TemporaryFolder root;
  REQUIRE(write_file_atomic(root.file("real"), "1"));
  ::chmod(root.file("real").c_str(), 0640);
  fs::create_symlink("real", root.file("link"));
  REQUIRE(write_file_atomic(root.file("link"), "2"));
  CHECK(fs::is_symlink(root.file("link")));
  CHECK(read_file(root.file("real")) == "2");
  CHECK((fs::status(root.file("real")).permissions() & fs::perms::all) == fs::perms(0640));
  fs::create_directory(root.file("folder"));
  CHECK_FALSE(write_file_atomic(root.file("folder"), "3"));
  CHECK(everything(root.path()).size() == 3);
}
