// A throw-away database server that is started from the binaries on this machine, kept warm for a short while, and gone
// again with everything that it wrote.
//
// Whoever uses it holds a shared lock on a file, which the system lets go of however the process ends. A supervisor, a
// process of its own, stops the server and removes its folder once nobody has held the lock for a while.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/error.hpp"

namespace forge {

// How one engine's server is made and run; `folder` is a place of its own, already owned by the user that it runs as.
class ServerKind {
 public:
  virtual ~ServerKind() = default;
  virtual std::string engine() const = 0;
  // Tells installations of the engine apart: part of the folder's name.
  virtual std::string identity() const = 0;
  // Users that may run it where we are root, which it refuses; the first one that there is.
  virtual std::vector<std::string> users() const = 0;
  // The commands, words each: making the data folder, and serving in the foreground.
  virtual std::vector<std::string> make(const std::filesystem::path& folder) const = 0;
  virtual std::vector<std::string> serve(const std::filesystem::path& folder) const = 0;
  // Ends it quickly and in order.
  virtual int stop_signal() const = 0;
  // How an administrator connects.
  virtual std::string url(const std::filesystem::path& folder) const = 0;
};

// PostgreSQL's, nearest to `version` ("" is the newest). Errors (database): no server programs on this machine, with what
// to install or to give instead.
Result<std::unique_ptr<ServerKind>> postgres_server(const std::string& version);

// MySQL's and MariaDB's, of the programs that FORGELUA_MYSQL_BIN or FORGELUA_MARIADB_BIN, else the PATH, leads to first.
// Errors (database) as above.
Result<std::unique_ptr<ServerKind>> mysql_server();
Result<std::unique_ptr<ServerKind>> mariadb_server();

// The use of a running server; it is let go of when this is destroyed.
class DevServer {
 public:
  // Joins the one that is warm, or starts one. Errors (database, io): it does not start; with the end of its log.
  static Result<DevServer> acquire(const ServerKind& kind);
  DevServer(DevServer&& other) noexcept;
  DevServer& operator=(DevServer&&) = delete;
  ~DevServer();

  const std::string& url() const { return url_; }

 private:
  DevServer(std::string url, int lock) : url_(std::move(url)), lock_(lock) {}
  std::string url_;
  int lock_ = -1;
};

}  // namespace forge
