#include "engine/db/mysql_settings.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>

#include "engine/db/mysql_client.hpp"

namespace forge {
namespace {

constexpr const char* kAuthorities = "/etc/ssl/certs/ca-certificates.crt";

void set_flag(MYSQL* connection, mysql_option option, bool on) {
  const my_bool value = on ? 1 : 0;
  libmariadb().mysql_options(connection, option, &value);
}

}  // namespace

Result<MysqlSettings> mysql_settings(const UrlParts& parts) {
  MysqlSettings out;
  for (const auto& [given, value] : parts.parameters) {
    std::string name = given;
    std::erase_if(name, [](char c) { return c == '-' || c == '_'; });
    if (name == "socket") {
      out.socket = value;
    } else if (name == "sslmode") {
      out.sslmode = value;
    } else if (name == "sslca") {
      out.ca = value;
    } else if (name == "sslcert") {
      out.certificate = value;
    } else if (name == "sslkey") {
      out.key = value;
    } else {
      return fail(ErrorCode::usage, "the database URL has an unknown parameter",
                  "socket, sslmode, ssl-ca, ssl-cert and ssl-key are known");
    }
  }
  std::ranges::transform(out.sslmode, out.sslmode.begin(),
                         [](unsigned char c) { return c == '_' ? '-' : static_cast<char>(std::tolower(c)); });
  constexpr std::array<std::string_view, 11> kModes = {
      "",         "disable",     "disabled",        "prefer",    "preferred", "require",
      "required", "verify-full", "verify-identity", "verify-ca", "allow"};
  if (std::ranges::find(kModes, out.sslmode) == kModes.end())
    return fail(ErrorCode::usage, "the database URL has an unknown sslmode",
                "disable, prefer, require and verify-full are known");
  return out;
}

bool needs_tls(const MysqlSettings& settings, bool local) {
  const auto mode = settings.sslmode.empty() ? (local ? "prefer" : "verify-full") : settings.sslmode;
  return mode.starts_with("require") || mode.starts_with("verify");
}

void set_mysql_tls(MYSQL* connection, const MysqlSettings& settings, bool local) {
  const auto mode = settings.sslmode.empty() ? (local ? "prefer" : "verify-full") : settings.sslmode;
  if (mode.starts_with("disable") || (local && settings.sslmode.empty()))
    return set_flag(connection, MYSQL_OPT_SSL_ENFORCE, false);
  std::error_code ignored;
  std::string ca = settings.ca;
  if (ca.empty() && mode.starts_with("verify") && std::filesystem::exists(kAuthorities, ignored)) ca = kAuthorities;
  const auto text = [](const std::string& value) { return value.empty() ? nullptr : value.c_str(); };
  libmariadb().mysql_ssl_set(connection, text(settings.key), text(settings.certificate), text(ca), nullptr, nullptr);
  set_flag(connection, MYSQL_OPT_SSL_ENFORCE, needs_tls(settings, local));
  set_flag(connection, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, mode.starts_with("verify"));
}

}  // namespace forge
