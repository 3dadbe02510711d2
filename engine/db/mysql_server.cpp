// A throw-away MySQL or MariaDB.
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "engine/base/hash.hpp"
#include "engine/db/dev_server.hpp"
#include "engine/db/url.hpp"

namespace forge {
namespace fs = std::filesystem;
namespace {

// Where programs are: the folder that the variable names, else the PATH and where servers stand besides.
std::vector<fs::path> folders(const char* variable) {
  if (const char* stated = std::getenv(variable); stated != nullptr && *stated != '\0') return {stated};
  std::vector<fs::path> out;
  const char* searched = std::getenv("PATH");
  std::string_view path = searched != nullptr ? searched : "";
  while (!path.empty()) {
    const auto end = path.find(':');
    if (end != 0) out.emplace_back(path.substr(0, end));
    path = end == std::string_view::npos ? std::string_view() : path.substr(end + 1);
  }
  for (const char* usual : {"/usr/sbin", "/usr/bin", "/usr/libexec", "/usr/local/bin", "/usr/local/mysql/bin"})
    out.emplace_back(usual);
  return out;
}

// A mysqld may be MariaDB under its old name.
bool is_mysql(const fs::path& program) {
  const auto text = program.string();
  if (text.find('\'') != std::string::npos) return false;
  FILE* pipe =
      popen(fmt::format("'{}' --no-defaults --version 2>/dev/null", text).c_str(), "r");  // NOLINT(cert-env33-c)
  if (pipe == nullptr) return false;
  std::array<char, 400> line{};
  const bool read = std::fgets(line.data(), static_cast<int>(line.size()), pipe) != nullptr;
  const bool good = pclose(pipe) == 0 && read;
  return good && std::string_view(line.data()).find("MariaDB") == std::string_view::npos;
}

// The first such program, or "".
fs::path find(const std::vector<fs::path>& places, const std::vector<std::string>& names, bool mysql = false) {
  for (const auto& place : places) {
    for (const auto& name : names) {
      auto program = place / name;
      if (access(program.c_str(), X_OK) == 0 && (!mysql || is_mysql(program))) return program;
    }
  }
  return {};
}

class MysqlServer : public ServerKind {
 public:
  MysqlServer(std::string engine, fs::path server, fs::path maker)
      : engine_(std::move(engine)), server_(std::move(server)), maker_(std::move(maker)) {}

  std::string engine() const override { return engine_; }
  std::string identity() const override { return sha256_hex(server_.string()).substr(0, 8); }
  std::vector<std::string> users() const override { return {"mysql", "nobody"}; }

  std::vector<std::string> make(const fs::path& folder) const override {
    const auto data = "--datadir=" + (folder / "data").string(), temporary = "--tmpdir=" + folder.string();
    if (engine_ == "mysql")
      return {server_.string(), "--no-defaults", "--initialize-insecure", data, temporary, "--skip-log-bin"};
    return {maker_.string(),
            "--no-defaults",
            data,
            temporary,
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--innodb-flush-method=nosync"};
  }

  std::vector<std::string> serve(const fs::path& folder) const override {
    std::vector<std::string> out{server_.string(),
                                 "--no-defaults",
                                 "--datadir=" + (folder / "data").string(),
                                 "--tmpdir=" + folder.string(),
                                 "--socket=" + (folder / "sock").string(),
                                 "--pid-file=" + (folder / "server.pid").string(),
                                 "--skip-networking",
                                 "--skip-log-bin",
                                 "--innodb-flush-log-at-trx-commit=0",
                                 "--innodb-flush-method=nosync",
                                 "--innodb-doublewrite=OFF",
                                 "--innodb-buffer-pool-size=64M",
                                 "--performance-schema=OFF",
                                 "--default-time-zone=+00:00",
                                 "--character-set-server=utf8mb4",
                                 "--max-connections=60"};
    if (engine_ == "mysql") out.insert(out.end(), {"--mysqlx=OFF", "--secure-file-priv=NULL"});
    return out;
  }

  int stop_signal() const override { return SIGTERM; }
  std::string url(const fs::path& folder) const override {
    return fmt::format("{}://root@localhost/?socket={}", engine_, percent_encoded((folder / "sock").string()));
  }

 private:
  std::string engine_;
  fs::path server_, maker_;
};

std::unexpected<Error> none(const std::string& engine, const char* product, const char* how) {
  return fail(ErrorCode::database,
              fmt::format("there is no {} server on this machine to load the schema into", product),
              fmt::format("{}, or give a server for development: --dev-url {}://user@host/", how, engine));
}

}  // namespace

Result<std::unique_ptr<ServerKind>> mariadb_server() {
  const auto places = folders("FORGELUA_MARIADB_BIN");
  const auto server = find(places, {"mariadbd"});
  const auto maker = find(places, {"mariadb-install-db", "mysql_install_db"});
  if (server.empty() || maker.empty())
    return none("mariadb", "MariaDB", "install one (apt-get install mariadb-server)");
  return std::make_unique<MysqlServer>("mariadb", server, maker);
}

Result<std::unique_ptr<ServerKind>> mysql_server() {
  const auto server = find(folders("FORGELUA_MYSQL_BIN"), {"mysqld"}, true);
  if (server.empty()) return none("mysql", "MySQL", "install one, name the folder of its mysqld in FORGELUA_MYSQL_BIN");
  return std::make_unique<MysqlServer>("mysql", server, fs::path());
}

}  // namespace forge
