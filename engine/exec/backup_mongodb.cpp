#include "engine/exec/backup_mongodb.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "engine/base/files.hpp"
#include "engine/db/url.hpp"
#include "engine/exec/tool.hpp"
#include "engine/model/json.hpp"

namespace forge {
namespace {

bool is_local(std::string_view host) {
  const auto name = host.substr(0, host.starts_with('[') ? host.find(']') : host.find(':'));
  return name.starts_with("127.") || name == "localhost" || name == "[::1" || name.starts_with("%2F") ||
         name.starts_with("%2f");
}

bool all_local(std::string_view url) {
  auto hosts = url.substr(url.find("://") + 3);
  hosts = hosts.substr(0, hosts.find_first_of("/?"));
  if (const auto at = hosts.rfind('@'); at != std::string_view::npos) hosts.remove_prefix(at + 1);
  while (true) {
    const auto comma = hosts.find(',');
    if (!is_local(hosts.substr(0, comma))) return false;
    if (comma == std::string_view::npos) return true;
    hosts.remove_prefix(comma + 1);
  }
}

bool says_of_tls(const std::string& url) {
  if (url.starts_with("mongodb+srv:")) return true;  // which is by TLS as it is
  const auto parts = url_parts(url);
  return std::ranges::any_of(parts.parameters, [](const auto& one) {
    std::string name = one.first;
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name == "tls" || name == "ssl";
  });
}

Result<std::string> mongodb_tool(const char* name) {
  auto found = program({name});
  if (!found)
    found.error().hint = "install MongoDB's Database Tools (the package mongodb-database-tools): it is one of them";
  return found;
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t out = 0;
  for (std::size_t i = 4; i-- > 0;) out = out << 8 | static_cast<unsigned char>(bytes[at + i]);
  return out;
}

constexpr std::string_view kMagic = "\x6d\xe2\x99\x81";
constexpr std::uint32_t kEnd = 0xffffffff;

// An archive begins with a mark, a document about itself, and one for each collection, whose first member is the name of its database.
// Nothing: this is no such beginning.
std::optional<std::set<std::string>> databases_of(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (!bytes.starts_with(kMagic)) return std::nullopt;
  bytes.remove_prefix(kMagic.size());
  std::set<std::string> out;
  for (bool about_itself = true;; about_itself = false) {
    if (bytes.size() < 4) return std::nullopt;
    const auto size = number_at(bytes, 0);
    if (size == kEnd && !about_itself) return out;
    if (size < 5 || size > bytes.size()) return std::nullopt;
    const auto document = bytes.substr(0, size);
    bytes.remove_prefix(size);
    if (about_itself) continue;
    if (document.substr(4, 4) !=
            "\x02"
            "db\0"sv ||
        size < 13)
      return std::nullopt;
    const auto length = number_at(document, 8);
    if (length < 1 || length > size - 12) return std::nullopt;
    out.emplace(document.substr(12, length - 1));
  }
}

// The databases in an archive.
Result<std::set<std::string>> databases_in(const std::string& file) {
  FORGE_ASSIGN(const auto gzip, program({"gzip"}));
  FORGE_TRY(run_tools({{{gzip, "-t"}, {}}}, file, "", ""));
  const ScratchFile begin;
  // Of a pipe the shell looks at its last program alone: gzip is stopped on the way.
  FORGE_TRY(run_tools({{{"/bin/sh", "-c", "\"$0\" -dc | head -c 67108864", gzip}, {}}}, file, begin.path(), ""));
  FORGE_ASSIGN(const auto bytes, read_file(begin.path()));
  auto found = databases_of(bytes);
  if (found) return std::move(*found);
  return fail(ErrorCode::database, fmt::format("'{}' is no archive of mongodump", file));
}

// A name as the patterns of the tools have it.
std::string pattern(const std::string& name) {
  std::string out;
  for (const char c : name) {
    if (c == '*' || c == '\\') out += '\\';
    out += c;
  }
  return out + ".*";
}

}  // namespace

std::string mongodb_settings(const std::string& url, bool server) {
  std::string uri = server ? with_database(url, "") : url;
  if (!says_of_tls(url) && !all_local(url)) {
    const char* const joint = uri.find('?') == std::string::npos ? "?" : uri.ends_with('?') ? "" : "&";
    uri += joint + std::string("tls=true");
  }
  return "uri: " + Json(uri).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<void> dump_mongodb(const std::string& url, const std::string& file) {
  // The tool would take every database of the server.
  if (url_parts(url).database.empty())
    return fail(ErrorCode::usage, "the URL names no database", "mongodb://user@host/database");
  FORGE_ASSIGN(const auto tool, mongodb_tool("mongodump"));
  FORGE_ASSIGN(const auto settings, SecretFile::with(mongodb_settings(url, false)));
  return run_tools({{{tool, "--config=" + settings.path(), "--archive", "--gzip"}, {}}}, "", file, url);
}

Result<void> check_mongodb(const std::string& file) {
  FORGE_ASSIGN(const auto databases, databases_in(file));
  if (databases.size() < 2) return {};
  return fail(ErrorCode::database, fmt::format("'{}' holds several databases: {}", file, fmt::join(databases, ", ")));
}

Result<bool> mongodb_is_empty(Session& session) {
  FORGE_ASSIGN(const auto found, session.query(R"({"forgelua": "documents", "command": {"listCollections": 1}})"));
  return found.rows.empty();
}

Result<void> restore_mongodb(const std::string& url, const std::string& file, Session& session) {
  FORGE_ASSIGN(const auto tool, mongodb_tool("mongorestore"));
  FORGE_ASSIGN(const auto databases, databases_in(file));
  FORGE_ASSIGN(const auto settings, SecretFile::with(mongodb_settings(url, true)));
  // What a validator refuses today stood in the database all the same.
  std::vector<std::string> command{
      tool, "--config=" + settings.path(), "--archive", "--gzip", "--stopOnError", "--bypassDocumentValidation"};
  const auto name = url_parts(url).database;
  for (const auto& from : databases) {
    if (from == name) continue;
    command.insert(command.end(), {"--nsFrom=" + pattern(from), "--nsTo=" + pattern(name)});
  }
  FORGE_TRY(session.query(R"({"dropDatabase": 1})"));
  return run_tools({{std::move(command), {}}}, file, "", url);
}

}  // namespace forge
