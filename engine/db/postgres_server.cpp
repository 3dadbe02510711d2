// A throw-away PostgreSQL.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include "engine/base/hash.hpp"
#include "engine/db/dev_server.hpp"
#include "engine/db/url.hpp"

namespace forge {
namespace fs = std::filesystem;
namespace {

bool has_server(const fs::path& folder) {
  return access((folder / "initdb").c_str(), X_OK) == 0 && access((folder / "postgres").c_str(), X_OK) == 0;
}

struct Installation {
  int major = 0;  // 0: not known
  fs::path programs;
};

// "15" in /usr/lib/postgresql/15/bin and /usr/pgsql-15/bin.
int major_in(const std::string& folder) {
  const auto digit = folder.find_last_not_of("0123456789") + 1;
  return digit < folder.size() ? std::atoi(folder.c_str() + digit) : 0;
}

// Debian keeps each version in a folder of its own, Red Hat in folders beside each other; elsewhere it is on the PATH.
std::vector<Installation> installations() {
  std::vector<Installation> out;
  if (const char* stated = std::getenv("FORGELUA_POSTGRES_BIN"); stated != nullptr && *stated != '\0') {
    if (has_server(stated)) out.push_back({0, stated});
    return out;
  }
  std::error_code code;
  for (const char* base : {"/usr/lib/postgresql", "/usr"}) {
    for (const auto& entry : fs::directory_iterator(base, code)) {
      const auto name = entry.path().filename().string();
      const bool versioned = std::string_view(base) != "/usr" || name.starts_with("pgsql-");
      if (versioned && has_server(entry.path() / "bin")) out.push_back({major_in(name), entry.path() / "bin"});
    }
  }
  const char* const stated = std::getenv("PATH");
  std::string_view path = stated ? stated : "";
  while (!path.empty()) {
    const auto end = path.find(':');
    const fs::path folder(path.substr(0, end));
    if (!folder.empty() && has_server(folder)) out.push_back({0, folder});
    path = end == std::string_view::npos ? std::string_view() : path.substr(end + 1);
  }
  std::ranges::stable_sort(out, std::ranges::greater(), &Installation::major);
  return out;
}

class PostgresServer : public ServerKind {
 public:
  explicit PostgresServer(fs::path programs) : programs_(std::move(programs)) {}

  std::string engine() const override { return "postgres"; }
  std::string identity() const override { return sha256_hex(programs_.string()).substr(0, 8); }
  std::vector<std::string> users() const override { return {"postgres", "nobody"}; }
  std::vector<std::string> make(const fs::path& folder) const override {
    return {(programs_ / "initdb").string(),
            "-D",
            (folder / "data").string(),
            "-U",
            "forgelua",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync"};
  }
  std::vector<std::string> serve(const fs::path& folder) const override {
    std::vector<std::string> out{(programs_ / "postgres").string(), "-D", (folder / "data").string(), "-k",
                                 folder.string()};
    for (const char* setting : {"listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off",
                                "wal_level=minimal", "max_wal_senders=0", "max_connections=60", "shared_buffers=64MB",
                                "max_locks_per_transaction=512", "autovacuum=off", "unix_socket_permissions=0700"}) {
      out.insert(out.end(), {"-c", setting});
    }
    return out;
  }
  int stop_signal() const override { return SIGINT; }
  std::string url(const fs::path& folder) const override {
    return fmt::format("postgres://forgelua@/postgres?host={}", percent_encoded(folder.string()));
  }

 private:
  fs::path programs_;
};

}  // namespace

Result<std::unique_ptr<ServerKind>> postgres_server(const std::string& version) {
  const auto found = installations();
  if (found.empty()) {
    return fail(ErrorCode::database, "there is no PostgreSQL server on this machine to load the schema into",
                "install one (apt-get install postgresql), or give an empty database for development: --dev-url "
                "postgres://user@host/postgres");
  }
  const int wanted = std::atoi(version.c_str());
  const auto same = std::ranges::find(found, wanted, &Installation::major);
  return std::make_unique<PostgresServer>(same == found.end() || wanted == 0 ? found.front().programs : same->programs);
}

}  // namespace forge
