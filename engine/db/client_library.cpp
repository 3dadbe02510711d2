#include "engine/db/client_library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

namespace forge {
namespace {

std::string last_fault() {
  const char* text = ::dlerror();
  return text == nullptr ? "no reason given" : text;
}

}  // namespace

Result<ClientLibrary> ClientLibrary::load(const std::string& file, const std::string& product,
                                          const std::string& package) {
  void* handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle != nullptr) return ClientLibrary(handle, file);
  return fail(ErrorCode::usage, fmt::format("the client library of {} cannot be loaded: {}", product, last_fault()),
              fmt::format("install it (Debian: {})", package));
}

Result<void*> ClientLibrary::address_of(const char* name) const {
  if (void* found = ::dlsym(handle_, name); found != nullptr) return found;
  return fail(ErrorCode::usage, fmt::format("'{}' is too old: {}", file_, last_fault()), "install a newer one");
}

}  // namespace forge
