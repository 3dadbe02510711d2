// A fresh database for one use: SQL text is loaded into it and its schema read back, so that the server is the parser.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "engine/db/dev_server.hpp"
#include "engine/db/session.hpp"

namespace forge {

// Where databases for development come from. SQLite's is a file of its own; it has no server.
struct DevSource {
  std::string engine;
  std::string version;  // of the server that is wanted; "" for any
  std::string
      url;  // --dev-url: a server to make databases on; "" starts a throw-away server (of MongoDB there is none)
  // MySQL, MariaDB: what the database has by default, as its collation's name; "" is the server's for utf8mb4.
  std::string collation;
};

// One database, made empty and dropped when this is destroyed; the server is left as it was found.
class DevDatabase {
 public:
  // Errors (database): no server is there, or it refuses; with what to install or to give.
  static Result<std::unique_ptr<DevDatabase>> create(const DevSource& source);
  DevDatabase(const DevDatabase&) = delete;
  DevDatabase& operator=(const DevDatabase&) = delete;
  ~DevDatabase();

  // Runs a script in it (MongoDB has none: statements are given to a session on its URL). Errors have their place in `file`.
  Result<void> load(std::string_view sql, const std::string& file);

  // By which it is reached.
  std::string url() const;
  // A session that reads it.
  Result<std::unique_ptr<Session>> reader() const;

 private:
  static Result<std::unique_ptr<DevDatabase>> in_a_file();
  static Result<std::unique_ptr<DevDatabase>> beside(const std::string& url);  // MongoDB

  DevDatabase(std::optional<DevServer> server, std::string server_url, std::string name)
      : server_(std::move(server)), server_url_(std::move(server_url)), name_(std::move(name)) {}

  std::optional<DevServer> server_;
  std::string server_url_;
  std::string name_;
  std::filesystem::path folder_;  // SQLite: what the file is in
  std::unique_ptr<Session> session_;
};

}  // namespace forge
