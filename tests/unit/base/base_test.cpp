#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>

#include <unistd.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/base/box.hpp"
#include "engine/base/error.hpp"
#include "engine/base/files.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/spelling.hpp"

using namespace forge;
namespace fs = std::filesystem;

namespace {

// A folder of its own for one test, gone afterwards.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("forgelua-base-" + std::to_string(::getpid()))) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

std::string content(const fs::path& path) {
  const auto read = read_file(path);
  return read ? *read : "error: " + read.error().message;
}

Result<int> half(int number) {
  if (number % 2) return fail(ErrorCode::spec, "odd");
  return number / 2;
}
Result<int> quarter(int number) {
  FORGE_ASSIGN(const int once, half(number));
  FORGE_TRY(half(once));
  return half(once);
}

}  // namespace

TEST_CASE("an error shows the place, a caret, the hint and the notes", "[base]") {
  Error error{ErrorCode::spec, "unknown word 'varchr'", "did you mean 'varchar'?", {}, {}, {"in table 'orders'"}};
  error.place = Place{"a.lua", 12, 8, 6, "\tcolumn varchr"};
  CHECK(render(error) ==
        "a.lua:12:8: unknown word 'varchr'\n    \tcolumn varchr\n    \t      ^~~~~~\n  hint: did you mean "
        "'varchar'?\n  note: in table 'orders'\n");
  error.place = Place{"a.lua"};
  CHECK(render(error).starts_with("a.lua: unknown word"));
}

TEST_CASE("hostile text cannot drive a terminal", "[base]") {
  CHECK(escape_control("a\x1b[2Jb") == "a\\x1b[2Jb");
  CHECK(escape_control("a\xC2\x9B"
                       "b") == "a\\x9bb");
  CHECK(escape_control("tab\tline\ngröße") == "tab\tline\ngröße");
  CHECK(escape_control(std::string("\0\x7f", 2)) == "\\x00\\x7f");
}

TEST_CASE("each kind of error has its exit code", "[base]") {
  CHECK(exit_code({ErrorCode::usage}) == 64);
  CHECK(exit_code({ErrorCode::refused}) == 3);
  CHECK(exit_code({ErrorCode::spec}) == 1);
}

TEST_CASE("errors pass through", "[base]") {
  CHECK(*quarter(8) == 2);
  CHECK(quarter(2).error().message == "odd");
  CHECK_FALSE(quarter(6));
}

TEST_CASE("likely slips are found, others are not", "[base]") {
  const std::vector<std::string> words = {"varchar", "char", "numeric", "integer"};
  CHECK(nearest("varchr", words) == "varchar");
  CHECK(nearest("VARCHAR", words) == "varchar");
  CHECK(nearest("integre", words) == "integer");
  CHECK_FALSE(nearest("geometry", words));
  CHECK_FALSE(nearest(std::string(10000, 'x'), words));
  CHECK(edit_distance("ab", "ba") == 1);
  CHECK(edit_distance("", "abc") == 3);
}

TEST_CASE("the hash is SHA-256", "[base]") {
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("a box is its default until it is edited", "[base]") {
  Box<std::string> a, b;
  CHECK(a == b);
  CHECK(a->empty());
  b.edit();
  CHECK(a == b);
  CHECK(b.is_default());
  b.edit() = "x";
  Box<std::string> copy = b;
  b.edit() = "y";
  CHECK(*copy == "x");
  CHECK_FALSE(a == copy);
}

TEST_CASE("files are read whole or not at all", "[base]") {
  const Folder folder;
  CHECK_FALSE(read_file(folder / "none"));
  CHECK_FALSE(read_file(folder / ""));
  REQUIRE(write_file_atomic(folder / "a", std::string("x\0y", 3)));
  CHECK(content(folder / "a") == std::string("x\0y", 3));
  CHECK(read_file(folder / "a", 2).error().code == ErrorCode::limit);
  REQUIRE(write_file_atomic(folder / "a", "z"));
  CHECK(content(folder / "a") == "z");
}

TEST_CASE("what is no file is not replaced by one", "[base]") {
  const Folder folder;
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  const auto read = read_file(folder / "pipe");  // and is not waited for
  REQUIRE_FALSE(read);
  CHECK(read.error().message.ends_with("it is a named pipe, and no file"));
  fs::create_symlink(folder / "pipe", folder / "link");
  for (const auto* name : {"pipe", "link"}) {
    INFO(name);
    const auto done = write_file_atomic(folder / name, "x");
    REQUIRE_FALSE(done);
    CHECK(done.error().message.ends_with("it is a device or a pipe, and no file"));
  }
  CHECK(fs::is_fifo(folder / "pipe"));
  CHECK_FALSE(write_file_atomic(folder / "", "x"));
}
