#include "engine/db/mongodb.hpp"

#ifndef FORGELUA_MONGODB

namespace forge {

Result<std::unique_ptr<Session>> open_mongodb(const std::string&, const SessionOptions&) {
  return fail(ErrorCode::usage, "this forgelua was built without MongoDB: it plans for it, and speaks with none",
              "build it with -DFORGELUA_MONGODB=ON, which needs libmongoc (Debian: libmongoc-dev)");
}

}  // namespace forge

#else

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "engine/db/mongodb_bson.hpp"
#include "engine/db/mongodb_client.hpp"
#include "engine/db/mongodb_question.hpp"
#include "engine/db/url.hpp"
#include "engine/model/extended_json.hpp"

namespace forge {
namespace {

constexpr int kOldest = 5;
constexpr std::uint32_t kNamespaceNotFound = 26;

struct Destroy {
  void operator()(mongoc_client_t* client) const { libmongoc().mongoc_client_destroy(client); }
  void operator()(mongoc_uri_t* uri) const { libmongoc().mongoc_uri_destroy(uri); }
  void operator()(char* text) const { libmongoc().bson_free(text); }
};
using Client = std::unique_ptr<mongoc_client_t, Destroy>;
using Uri = std::unique_ptr<mongoc_uri_t, Destroy>;
using Text = std::unique_ptr<char, Destroy>;

// A local server needs no proof of who it is.
bool all_local(const mongoc_uri_t* uri) {
  for (const auto* host = libmongoc().mongoc_uri_get_hosts(uri); host != nullptr; host = host->next) {
    const std::string_view name = host->host;
    const bool local = name.starts_with('/') || name == "localhost" || name == "::1" || name.starts_with("127.");
    if (!local) return false;
  }
  return true;
}

// What the URL does not say itself.
void add_defaults(mongoc_uri_t* uri, const SessionOptions& options) {
  const auto number = [&](const char* name, std::int64_t value) {
    if (!libmongoc().mongoc_uri_has_option(uri, name)) {
      const auto most = static_cast<std::int64_t>(std::numeric_limits<std::int32_t>::max());
      libmongoc().mongoc_uri_set_option_as_int32(uri, name, static_cast<std::int32_t>(std::min(value, most)));
    }
  };
  const std::int64_t connect = std::chrono::milliseconds(options.connect_timeout).count();
  const std::int64_t statement = std::chrono::milliseconds(options.statement_timeout).count();
  number(MONGOC_URI_CONNECTTIMEOUTMS, connect);
  number(MONGOC_URI_SERVERSELECTIONTIMEOUTMS, connect);
  number(MONGOC_URI_SOCKETTIMEOUTMS, options.for_plan ? std::numeric_limits<std::int32_t>::max() : statement + connect);
  const bool stated =
      libmongoc().mongoc_uri_has_option(uri, MONGOC_URI_TLS) || libmongoc().mongoc_uri_has_option(uri, MONGOC_URI_SSL);
  if (!stated && !all_local(uri)) libmongoc().mongoc_uri_set_option_as_bool(uri, MONGOC_URI_TLS, true);
  libmongoc().mongoc_uri_set_appname(uri, "forgelua");
}

bool is_one_of(std::uint32_t code, std::initializer_list<std::uint32_t> codes) {
  return std::ranges::find(codes, code) != codes.end();
}

Failure failure_of(const bson_error_t& error) {
  const bool server = error.domain == MONGOC_ERROR_SERVER || error.domain == MONGOC_ERROR_WRITE_CONCERN;
  if (!server) {
    const bool lost = error.domain == MONGOC_ERROR_STREAM || error.domain == MONGOC_ERROR_SERVER_SELECTION;
    return lost ? Failure::gone : Failure::fatal;
  }
  // Of the server's error codes: locks and times that ran out; conflicts and changes of the primary; documents.
  if (is_one_of(error.code, {24, 46, 50, 117})) return Failure::lock;
  if (is_one_of(error.code, {112, 189, 91, 10107, 11600, 11602, 13435, 13436})) return Failure::retry;
  return is_one_of(error.code, {121, 11000, 241}) ? Failure::row : Failure::fatal;
}

class MongoSession : public Session {
 public:
  MongoSession(Client client, std::string url, std::string database, const SessionOptions& options)
      : client_(std::move(client)), url_(std::move(url)), database_(std::move(database)), options_(options) {}

  const std::string& engine() const override {
    static const std::string kName = "mongodb";
    return kName;
  }
  const std::string& version() const override { return version_; }
  Failure failure() const override { return failure_; }

  // Meets the server for the first time, and asks for its version.
  Result<void> greet() {
    FORGE_ASSIGN(const auto info, run({{"buildInfo", 1}}, "admin"));
    const std::string whole = info.value("version", "");
    version_ = whole.substr(0, whole.find('.', whole.find('.') + 1));
    if (std::strtol(version_.c_str(), nullptr, 10) >= kOldest) return {};
    return fail(ErrorCode::database, fmt::format("MongoDB {} is not served; served are versions 5.0 to 8", whole));
  }

  Result<Rows> query(std::string_view text, const std::vector<std::optional<std::string>>&) override {
    failure_ = Failure::none;
    const Json statement = Json::parse(text, nullptr, false);
    if (!statement.is_object() || statement.empty()) {
      return failed({ErrorCode::spec, "a statement of MongoDB is a document of JSON", {}, {}, std::string(text), {}});
    }
    auto rows = carry_out(statement);
    if (!rows && rows.error().sql.empty()) rows.error().sql = std::string(text);
    return rows;
  }

  Result<std::vector<std::string>> statements(std::string_view text) const override {
    return std::vector<std::string>{std::string(text)};
  }

  Result<void> run_script(std::string_view, const std::string& file) override {
    return fail(ErrorCode::spec, fmt::format("'{}': MongoDB knows no SQL", file));
  }

 private:
  Result<Rows> carry_out(const Json& statement) {
    const Json word = statement.value("forgelua", Json());
    if (word == "documents") {
      FORGE_ASSIGN(const auto found, documents(statement.value("command", Json::object())));
      Rows out{{"document"}, {}, 0};
      for (const auto& one : found) out.rows.push_back({one.dump()});
      return out;
    }
    if (!word.is_null()) {
      const auto ask = [this](const Json& command) { return documents(command); };
      FORGE_ASSIGN(const bool holds, mongodb_holds(statement, ask));
      return one_value(holds ? "1" : "0");
    }
    if (statement.contains("aggregate")) return first_value(statement);
    if (statement.contains("renameCollection")) return rename(statement);
    auto answer = run(statement, database_);
    if (!answer && is_done_already(statement)) return Rows{};
    if (!answer) return std::unexpected(std::move(answer).error());
    const Json& reply = *answer;
    const Json number = relaxed(reply.value("n", Json(0)));
    if (statement.contains("count")) return one_value(number.dump());
    Rows out;
    const Json changed = relaxed(reply.value("nModified", number));
    if (changed.is_number()) out.affected = changed.get<std::int64_t>();
    return out;
  }

  // What is there already, and what is gone already, is what a second run of a command finds.
  bool is_done_already(const Json& command) {
    constexpr std::uint32_t kExists = 48, kNoIndex = 27;
    const bool done = (command.contains("create") && code_ == kExists) ||
                      ((command.contains("drop") || command.contains("dropIndexes")) && code_ == kNamespaceNotFound) ||
                      (command.contains("dropIndexes") && code_ == kNoIndex);
    if (done) failure_ = Failure::none;
    return done;
  }

  static Rows one_value(std::string text) {
    Rows out{{"value"}, {}, 0};
    out.rows.push_back({std::move(text)});
    return out;
  }

  // The one value of a pipeline: the first field of its first document.
  Result<Rows> first_value(const Json& command) {
    FORGE_ASSIGN(const auto found, documents(command));
    if (found.empty()) return one_value("0");
    Json value = found.front().value("_id", Json());
    for (const auto& [name, one] : found.front().items()) {
      if (name == "_id") continue;
      value = one;
      break;
    }
    value = relaxed(value);
    if (value.is_null()) return one_value("NULL");
    return one_value(value.is_string() ? value.get<std::string>() : value.dump());
  }

  Result<Rows> rename(const Json& statement) {
    Json command = statement;
    for (const char* name : {"renameCollection", "to"}) {
      if (command.contains(name) && command[name].is_string())
        command[name] = database_ + "." + command[name].get<std::string>();
    }
    auto done = run(command, "admin");
    if (done || code_ != kNamespaceNotFound) return done ? Result<Rows>(Rows{}) : fail(std::move(done.error()));
    FORGE_ASSIGN(const auto there,
                 documents({{"listCollections", 1}, {"filter", {{"name", statement.value("to", Json())}}}}));
    if (there.empty()) return fail(std::move(done.error()));
    failure_ = Failure::none;
    return Rows{};
  }

  // Everything that a command's cursor gives, or its answer where it has none.
  Result<std::vector<Json>> documents(const Json& command) {
    auto reply = run(bounded(command), database_);
    if (!reply) {
      if (code_ == kNamespaceNotFound) return std::vector<Json>{};
      return std::unexpected(std::move(reply).error());
    }
    if (!reply->contains("cursor")) return std::vector<Json>{std::move(*reply)};
    std::vector<Json> out;
    Json cursor = (*reply)["cursor"];
    const std::string space = cursor.value("ns", "");
    take(cursor, "firstBatch", out);
    while (relaxed(cursor.value("id", Json(0))) != 0) {
      FORGE_ASSIGN(auto more,
                   run({{"getMore", cursor["id"]}, {"collection", space.substr(space.find('.') + 1)}}, database_));
      cursor = more.value("cursor", Json::object());
      take(cursor, "nextBatch", out);
    }
    return out;
  }

  static void take(Json& cursor, const char* name, std::vector<Json>& out) {
    if (!cursor.contains(name)) return;
    for (auto& one : cursor[name]) out.push_back(std::move(one));
  }

  // What only reads is given up by the server, too, once nobody waits for it any more.
  Json bounded(Json command) const {
    const bool reads = command.contains("find") || command.contains("aggregate");
    if (reads && options_.read_only && !command.contains("maxTimeMS"))
      command["maxTimeMS"] = std::chrono::milliseconds(options_.statement_timeout).count();
    return command;
  }

  Result<Json> run(const Json& command, const std::string& database) {
    const std::string text = command.dump();
    bson_error_t error{};
    auto document = bson_of(command);
    if (!document) return failed(std::move(document.error()));
    bson_t answer;
    const bool done = libmongoc().mongoc_client_command_simple(client_.get(), database.c_str(), document->get(),
                                                               nullptr, &answer, &error);
    const Text written(libmongoc().bson_as_canonical_extended_json(&answer, nullptr));
    libmongoc().bson_destroy(&answer);
    if (!done) return failed(error, text);
    Json reply = written ? Json::parse(written.get(), nullptr, false) : Json();
    if (!reply.is_object())
      return failed({ErrorCode::database, "MongoDB: an answer that is no document", {}, {}, text, {}});
    FORGE_TRY(no_write_errors(reply, text));
    return reply;
  }

  // A command that writes answers well although documents were refused.
  Result<void> no_write_errors(const Json& reply, const std::string& text) {
    Json fault;
    if (reply.contains("writeErrors") && !reply["writeErrors"].empty()) fault = reply["writeErrors"].front();
    if (fault.is_null()) fault = reply.value("writeConcernError", Json());
    if (!fault.is_object()) return {};
    bson_error_t error{};
    error.domain = MONGOC_ERROR_SERVER;
    error.code = relaxed(fault.value("code", Json(0))).get<std::uint32_t>();
    const auto written =
        fmt::format_to_n(error.message, sizeof error.message - 1, "{}", fault.value("errmsg", "refused"));
    *written.out = '\0';
    return failed(error, text);
  }

  std::unexpected<Error> failed(const bson_error_t& error, const std::string& text) {
    failure_ = failure_of(error);
    code_ = error.code;
    const bool server = error.domain == MONGOC_ERROR_SERVER;
    return failed({ErrorCode::database,
                   fmt::format("MongoDB: {}{}", error.message, server ? fmt::format(" (error {})", error.code) : ""),
                   {},
                   {},
                   text,
                   {}});
  }

  std::unexpected<Error> failed(Error error) {
    if (failure_ == Failure::none) failure_ = Failure::fatal;
    error.message = without_secrets(error.message, url_);
    error.sql = without_secrets(error.sql, url_);
    return fail(std::move(error));
  }

  Client client_;
  std::string url_, database_, version_;
  SessionOptions options_;
  Failure failure_ = Failure::none;
  std::uint32_t code_ = 0;  // of the last error
};

}  // namespace

Result<std::unique_ptr<Session>> open_mongodb(const std::string& url, const SessionOptions& options) {
  FORGE_TRY(load_libmongoc());
  bson_error_t error{};
  const Uri uri(libmongoc().mongoc_uri_new_with_error(url.c_str(), &error));
  // The driver's words repeat the URL, which may hold a password that could not be made out.
  if (!uri) {
    return fail(ErrorCode::usage, "the URL of the MongoDB database cannot be read",
                "write it as mongodb://user@host:27017/database, with %XX for odd characters in a name or password");
  }
  const char* database = libmongoc().mongoc_uri_get_database(uri.get());
  if (database == nullptr || *database == '\0') {
    return fail(ErrorCode::usage, "the URL names no database", "write it as mongodb://user@host:27017/database");
  }
  add_defaults(uri.get(), options);
  Client client(libmongoc().mongoc_client_new_from_uri_with_error(uri.get(), &error));
  if (!client) {
    return fail(ErrorCode::usage, without_secrets(fmt::format("MongoDB: {}", error.message), url));
  }
  libmongoc().mongoc_client_set_error_api(client.get(), MONGOC_ERROR_API_VERSION_2);
  auto session = std::make_unique<MongoSession>(std::move(client), url, database, options);
  if (auto met = session->greet(); !met) {
    met.error().message = fmt::format("cannot connect to {}: {}", redacted(url), met.error().message);
    met.error().sql.clear();
    return fail(std::move(met.error()));
  }
  return session;
}

}  // namespace forge

#endif
