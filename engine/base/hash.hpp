// Content hashes for plans, packages and modules.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;  // OpenSSL's own name for its context

namespace forge {

// SHA-256 of the bytes, as 64 lower-case hexadecimal digits (FIPS 180-4, by OpenSSL).
std::string sha256_hex(std::string_view bytes);

// The same of bytes that come piece by piece.
class Sha256 {
 public:
  Sha256();
  void update(std::string_view bytes);
  std::string hex();  // of all pieces; asked for once

 private:
  std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)> context_;
};

}  // namespace forge
