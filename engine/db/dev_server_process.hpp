// The processes behind a throw-away server.
#pragma once

#include <filesystem>

#include "engine/db/dev_server.hpp"

namespace forge {

// Where one throw-away server lives.
struct ServerFolder {
  std::filesystem::path root;                                          // ours
  std::filesystem::path start() const { return root / "start.lock"; }  // held while a server is started or stopped
  std::filesystem::path use() const { return root / "use.lock"; }      // held, shared, by whoever uses it
  std::filesystem::path server() const { return root / "s"; }          // the server user's
  std::filesystem::path log() const { return root / "server.log"; }
  std::filesystem::path failed() const { return root / "failed"; }  // there where it could not be started
};

// Starts the supervisor, which makes and runs the server, and comes back at once. The folder `server()` is made here.
Result<void> start_supervised(const ServerKind& kind, const ServerFolder& folder);

}  // namespace forge
