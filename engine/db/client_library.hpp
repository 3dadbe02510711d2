// The clients of servers are loaded where the first database of their kind is spoken with: what only plans starts without them,
// in a third of the time, and runs on a machine that has none of them.
#pragma once

#include <string>

#include "engine/base/error.hpp"

namespace forge {

// A shared library, kept until the process ends.
class ClientLibrary {
 public:
  // Loads `file`, as the loader looks for it; `product` and `package` (Debian's) are for the message.
  // Errors (usage): it is not there, or cannot be loaded.
  static Result<ClientLibrary> load(const std::string& file, const std::string& product, const std::string& package);

  // Puts the function of that name into `out`. Errors (usage): the library is an older one that has none.
  template <class Function>
  Result<void> find(const char* name, Function*& out) const {
    FORGE_ASSIGN(void* const found, address_of(name));
    out = reinterpret_cast<Function*>(found);
    return {};
  }

 private:
  ClientLibrary(void* handle, std::string file) : handle_(handle), file_(std::move(file)) {}
  Result<void*> address_of(const char* name) const;

  void* handle_;
  std::string file_;
};

}  // namespace forge

// A member of the function's name and type, and what fills it; both for the lists that name a client's functions once.
#define FORGE_CLIENT_MEMBER(name) decltype(&::name) name = nullptr;
#define FORGE_CLIENT_FIND(name) FORGE_TRY(library.find(#name, functions.name));
