// Servers that never answer, connections without TLS, reading sessions, and passwords: nothing gets out, and nothing in.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/support/engines.hpp"
#include "tests/support/process.hpp"
#include "tests/support/product.hpp"
#include "tests/support/texts.hpp"

using namespace forge::test;
namespace fs = std::filesystem;

namespace {

// A server that takes connections, keeps what it is sent, and answers with `answer` to each.
class FakeServer {
 public:
  explicit FakeServer(std::string answer = {}) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);  // NOLINT: the system's own way
    REQUIRE(::listen(listener_, 8) == 0);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);  // NOLINT
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;
  ~FakeServer() {
    ::shutdown(listener_, SHUT_RDWR);
    ::close(listener_);
    thread_.join();
  }
  std::string port() const { return std::to_string(port_); }
  const std::string& received() const { return received_; }

 private:
  void serve() {
    while (true) {
      const int peer = ::accept(listener_, nullptr, nullptr);
      if (peer < 0) return;
      char buffer[4096];
      for (ssize_t got = ::recv(peer, buffer, sizeof buffer, 0); got > 0;
           got = ::recv(peer, buffer, sizeof buffer, 0)) {
        received_.append(buffer, static_cast<std::size_t>(got));
        if (!answer_.empty() && ::send(peer, answer_.data(), answer_.size(), MSG_NOSIGNAL) < 0) break;
      }
      ::close(peer);
    }
  }

  std::string answer_, received_;
  int listener_ = -1;
  unsigned port_ = 0;
  std::thread thread_;
};

// A password with everything that URLs write in another way, raw and as they write it.
const std::string kPassword = "hu/sh@ %x\"'";
const std::string kEncoded = "hu%2Fsh%40%20%25x%22%27";

bool shows_password(const std::string& text) {
  return text.find("hu/sh") != std::string::npos || text.find("hu%2Fsh") != std::string::npos ||
         text.find("hu%2fsh") != std::string::npos;
}

// The URL of the test server with a user and a password.
std::string with_user(const std::string& url, const std::string& user) {
  const auto begin = url.find("://") + 3, end = url.find('@');
  return url.substr(0, begin) + user + ":" + kEncoded + url.substr(end);
}

void password_stays_hidden(const std::string& name) {
  const auto engine = open_engine(name);
  if (!engine) SKIP("no client: FORGELUA_TEST_… is not set");
  const TemporaryFolder folder;
  engine->create_database("fl_hush");
  const bool postgres = name == "postgres";
  const std::string system = postgres ? "postgres" : "mysql";
  engine->run_script(
      system,
      postgres ? "DROP ROLE IF EXISTS fl_hush; CREATE ROLE fl_hush LOGIN SUPERUSER PASSWORD 'hu/sh@ %x\"''';"
               : "DROP USER IF EXISTS fl_hush@localhost; CREATE USER fl_hush@localhost IDENTIFIED BY 'hu/sh@ %x\"\\''; "
                 "GRANT ALL ON *.* TO fl_hush@localhost;");
  REQUIRE(engine->run_script("fl_hush", "CREATE TABLE t (a int PRIMARY KEY); INSERT INTO t VALUES (1);").err.empty());
  std::ofstream(folder.file("spec.migration.lua"))
      << R"(migration "hush" { before = from_db "env:FL_HUSH", after = schema {
    table "t" { column "a" :integer() :not_null(), column "b" :integer(), primary_key { "a" } } } })";
  std::ofstream(folder.file("wrong.migration.lua"))
      << R"(migration "hush" { before = from_db "env:FL_WRONG", after = schema {} })";
  const auto url = with_user(engine->url("fl_hush"), "fl_hush");
  const auto wrong = with_user(engine->url("fl_hush_nosuch"), "fl_hush");
  const std::string variables = "FL_HUSH=" + shell_quote(url) + " FL_WRONG=" + shell_quote(wrong) + " ";
  const std::string common = " --db=" + name + " --dev-url " + shell_quote(url);
  const std::string package = " " + folder.file("o");
  std::string said;
  const auto line = [&](const std::string& arguments, bool good) {
    const auto done = run_shell(variables + product_line(arguments), {}, source_folder());
    said += arguments.substr(0, 7) + "\n" + done.out + done.err;
    INFO(arguments << "\n" << done.out << done.err);
    CHECK((done.exit_code == 0) == good);
    CHECK_FALSE(shows_password(done.out + done.err));
  };
  for (const std::string json : {"", " --json"}) {
    line("inspect env:FL_HUSH --format json" + common + json, true);
    line("inspect " + shell_quote(wrong) + common + json, false);
    line("inspect env:FL_WRONG" + common + json, false);
    line("diff env:FL_HUSH " + shell_quote(wrong) + common + json, false);
    line("run " + folder.file("wrong.migration.lua") + common + json, false);
    line("run " + folder.file("spec.migration.lua") + " --out" + package + " --status " + folder.file("s.yml") +
             common + json,
         true);
    line("apply" + package + " --yes --url env:FL_WRONG --dev-url env:FL_WRONG" + json, false);
    line("apply" + package + " --yes --url env:FL_HUSH --dev-url env:FL_HUSH" + json, true);
    line("status --url env:FL_HUSH" + json, true);
    line("verify" + package + " --url env:FL_HUSH" + json, true);
    line("rollback" + package + " --yes --url env:FL_HUSH --dev-url env:FL_HUSH" + json, true);
    fs::remove_all(folder.file("o"));
  }
  line("run " + folder.file("spec.migration.lua") + " --out" + package + " --status " + folder.file("s.yml") + common,
       true);
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
    if (!entry.is_regular_file()) continue;
    INFO(entry.path().string());
    CHECK_FALSE(shows_password(slurp(entry.path().string())));
  }
  for (const auto& [table, rows] : engine->dump_rows("fl_hush")) CHECK_FALSE(shows_password(rows));
  const std::string journal = postgres ? "SELECT x::text FROM forgelua.steps x" : "SELECT * FROM forgelua_steps";
  for (const auto& row : engine->query("fl_hush", journal)) {
    for (const auto& field : row) CHECK_FALSE(shows_password(field));
  }
  engine->drop_database("fl_hush");
  engine->run_script(system, postgres ? "DROP ROLE fl_hush;" : "DROP USER fl_hush@localhost;");
}

}  // namespace

TEST_CASE("passwords of PostgreSQL's show nowhere", "[postgres][safety]") { password_stays_hidden("postgres"); }
TEST_CASE("passwords of MySQL's show nowhere", "[mysql][safety]") { password_stays_hidden("mysql"); }
TEST_CASE("passwords of MariaDB's show nowhere", "[mariadb][safety]") { password_stays_hidden("mariadb"); }

TEST_CASE("a server that takes the connection and never answers is given up", "[safety]") {
  const FakeServer server;
  std::vector<std::thread> threads;
  std::vector<Outcome> outcomes(3);
  const auto begin = std::chrono::steady_clock::now();
  const std::vector<std::string> schemes{"postgres", "mysql", "mariadb"};
  for (std::size_t i = 0; i < schemes.size(); ++i) {
    threads.emplace_back([&, i] {
      outcomes[i] =
          run_product("inspect " + shell_quote(schemes[i] + "://u:" + kEncoded + "@127.0.0.1:" + server.port() + "/x"));
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& outcome : outcomes) {
    INFO(outcome.err);
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.err.find("cannot connect") != std::string::npos);
    CHECK_FALSE(shows_password(outcome.out + outcome.err));
  }
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(40));
}

TEST_CASE("a server elsewhere without TLS is told neither user nor password", "[safety]") {
  const FakeServer server("N");  // PostgreSQL's "no" to a request for TLS
  // By its name it is another machine, whatever the address.
  const auto outcome = run_product("inspect " + shell_quote("postgres://secretuser:" + kEncoded +
                                                            "@db.example:" + server.port() + "/x?hostaddr=127.0.0.1"));
  INFO(outcome.err);
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.find("SSL") != std::string::npos);
  CHECK_FALSE(shows_password(outcome.out + outcome.err));
  CHECK_FALSE(server.received().empty());
  CHECK(server.received().find("secretuser") == std::string::npos);
}

TEST_CASE("TLS that is asked for and not to be had stops the reading", "[safety]") {
  const FakeServer server("N");
  const auto refused = run_product("inspect " + shell_quote("postgres://secretuser:" + kEncoded +
                                                            "@127.0.0.1:" + server.port() + "/x?sslmode=require"));
  INFO(refused.err);
  CHECK(refused.exit_code == 1);
  CHECK(refused.err.find("SSL") != std::string::npos);
  CHECK(server.received().find("secretuser") == std::string::npos);
  const auto engine = open_engine("mariadb");
  if (!engine) SKIP("no client: FORGELUA_TEST_… is not set");
  // The test server has no certificate.
  const auto outcome = run_product("inspect " + shell_quote(engine->url("mysql") + "&sslmode=require"));
  INFO(outcome.err);
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.find("has no TLS") != std::string::npos);
  CHECK_FALSE(shows_password(outcome.out + outcome.err));
}

TEST_CASE("a reading session writes nothing on any engine", "[safety]") {
  for (const char* name : {"postgres", "mysql", "mariadb"}) {
    const auto engine = open_engine(name);
    if (!engine) continue;
    INFO(name);
    engine->create_database("fl_readonly");
    REQUIRE(engine->run_script("fl_readonly", "CREATE TABLE t (a int);").err.empty());
    forge::SessionOptions options;
    options.read_only = true;
    for (const char* sql : {"INSERT INTO t VALUES (1)", "CREATE TABLE u (a int)", "DROP TABLE t"}) {
      const auto session = forge::open_session(engine->url("fl_readonly"), options);
      REQUIRE(session.has_value());
      CHECK((*session)->query("SELECT a FROM t").has_value());
      const auto done = (*session)->query(sql);
      REQUIRE_FALSE(done.has_value());
      const auto said = done.error().message;
      INFO(said);
      CHECK((said.find("read-only") != std::string::npos || said.find("READ ONLY") != std::string::npos));
    }
    engine->drop_database("fl_readonly");
  }
}
