#include "engine/db/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <utility>
#include <vector>

namespace forge {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kSchemes{{{"postgres://", "postgres"},
                                                                                 {"postgresql://", "postgres"},
                                                                                 {"mysql://", "mysql"},
                                                                                 {"mariadb://", "mariadb"},
                                                                                 {"mongodb://", "mongodb"},
                                                                                 {"mongodb+srv://", "mongodb"},
                                                                                 {"sqlite://", "sqlite"},
                                                                                 {"sqlite:", "sqlite"}}};

struct Parts {
  std::string_view scheme;  // with "://"
  std::string_view user, password;
  std::string_view host;   // with its port
  std::string_view path;   // with its "/"
  std::string_view query;  // with its "?"
};

Parts split(std::string_view url) {
  Parts out;
  const auto colon = url.find("://");
  if (colon == std::string_view::npos) return out;
  out.scheme = url.substr(0, colon + 3);
  auto rest = url.substr(colon + 3);
  const auto end = rest.find_first_of("/?");
  auto authority = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    const auto login = authority.substr(0, at);
    const auto mark = login.find(':');
    out.user = login.substr(0, mark);
    if (mark != std::string_view::npos) out.password = login.substr(mark + 1);
    authority = authority.substr(at + 1);
  }
  out.host = authority;
  const auto question = rest.find('?');
  out.path = rest.substr(0, question);
  if (question != std::string_view::npos) out.query = rest.substr(question);
  return out;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool code = text[i] == '%' && i + 2 < text.size() &&
                      std::isxdigit(static_cast<unsigned char>(text[i + 1])) != 0 &&
                      std::isxdigit(static_cast<unsigned char>(text[i + 2])) != 0;
    if (!code) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
    i += 2;
  }
  return out;
}

void replace_all(std::string& text, const std::string& from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// The parameters of a URL as they are written; one without `=` has no value.
std::vector<std::pair<std::string_view, std::string_view>> parameters(std::string_view query) {
  std::vector<std::pair<std::string_view, std::string_view>> out;
  while (!query.empty()) {
    query.remove_prefix(1);  // ? or &
    const auto end = query.find('&');
    const auto one = query.substr(0, end);
    const auto equals = one.find('=');
    const auto value = equals == std::string_view::npos ? std::string_view() : one.substr(equals + 1);
    if (!one.empty()) out.emplace_back(one.substr(0, equals), value);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end);
  }
  return out;
}

// Every secret in a URL: its password, and parameters of that name or that hold tokens.
std::vector<std::string> secrets(std::string_view url) {
  const Parts parts = split(url);
  std::vector<std::string> out{std::string(parts.password)};
  for (const auto& [key, value] : parameters(parts.query)) {
    std::string word(key);
    std::ranges::transform(word, word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (word.find("password") != std::string::npos || word == "authmechanismproperties") out.emplace_back(value);
  }
  return out;
}

// The host without the brackets of an IPv6 address, and its port.
std::pair<std::string_view, std::string_view> host_and_port(std::string_view text) {
  const auto close = text.starts_with('[') ? text.find(']') : std::string_view::npos;
  const auto colon = text.find(':', close == std::string_view::npos ? 0 : close);
  const auto port = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  if (close != std::string_view::npos) return {text.substr(1, close - 1), port};
  return {text.substr(0, colon), port};
}

}  // namespace

std::string engine_of_url(std::string_view url) {
  for (const auto& [scheme, engine] : kSchemes) {
    if (url.starts_with(scheme)) return std::string(engine);
  }
  return "";
}

bool is_database_url(std::string_view text) { return text.starts_with("env:") || !engine_of_url(text).empty(); }

Result<std::string> resolve_url(const std::string& argument) {
  if (!argument.starts_with("env:")) return argument;
  const std::string name = argument.substr(4);
  const char* value = std::getenv(name.c_str());
  if (value != nullptr && *value != '\0') return std::string(value);
  return fail(ErrorCode::spec, fmt::format("the environment variable '{}' is not set", name),
              fmt::format("export {}=postgres://user@host/database", name));
}

std::string redacted(std::string_view url) {
  const Parts parts = split(url);
  if (parts.scheme.empty()) return std::string(url.substr(0, url.find('?')));
  std::string out(parts.scheme);
  if (!parts.user.empty()) out += std::string(parts.user) + "@";
  return out + std::string(parts.host) + std::string(parts.path);
}

std::string without_secrets(std::string text, std::string_view url) {
  for (const auto& secret : secrets(url)) {
    if (secret.empty()) continue;
    replace_all(text, secret, "***");
    if (const auto plain = percent_decoded(secret); plain != secret) replace_all(text, plain, "***");
  }
  return text;
}

namespace {

// MongoDB proves who somebody is by the database that the URL names, unless it says another one: that stays the same one.
std::string authority(std::string_view url, const Parts& parts) {
  if (engine_of_url(url) != "mongodb" || parts.user.empty() || parts.path.size() < 2) return "";
  for (const auto& [name, value] : parameters(parts.query)) {
    std::string key(name);
    std::ranges::transform(key, key.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (key == "authsource" || (key == "authmechanism" && !value.starts_with("SCRAM"))) return "";
  }
  return (parts.query.empty() ? "?" : "&") + std::string("authSource=") + std::string(parts.path.substr(1));
}

}  // namespace

std::string with_database(std::string_view url, std::string_view database) {
  const Parts parts = split(url);
  std::string out(parts.scheme);
  const auto end = parts.host.empty() ? url.find_first_of("/?", parts.scheme.size())
                                      : static_cast<std::size_t>(parts.host.data() - url.data()) + parts.host.size();
  out += url.substr(parts.scheme.size(), (end == std::string_view::npos ? url.size() : end) - parts.scheme.size());
  return out + "/" + percent_encoded(database) + std::string(parts.query) + authority(url, parts);
}

UrlParts url_parts(std::string_view url) {
  const Parts parts = split(url);
  UrlParts out;
  out.user = percent_decoded(parts.user);
  out.password = percent_decoded(parts.password);
  const auto [host, port] = host_and_port(parts.host);
  out.host = percent_decoded(host);
  out.port = std::string(port);
  out.database = percent_decoded(parts.path.substr(parts.path.empty() ? 0 : 1));
  for (const auto& [key, value] : parameters(parts.query)) {
    out.parameters.emplace_back(percent_decoded(key), percent_decoded(value));
  }
  return out;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 128 && std::isalnum(byte) != 0) || std::string_view("-._~").find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", byte);
    }
  }
  return out;
}

}  // namespace forge
