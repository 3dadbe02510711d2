// `forgelua test`: a package is proved on a copy that is made for it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <iterator>
#include <memory>
#include <ostream>

#include "engine/base/files.hpp"
#include "engine/cli/app.hpp"
#include "engine/cli/console.hpp"
#include "engine/cli/drift.hpp"
#include "engine/cli/run_target.hpp"
#include "engine/cli/schema_sql.hpp"
#include "engine/db/dev_database.hpp"
#include "engine/db/url.hpp"
#include "engine/emit/evidence_words.hpp"
#include "engine/emit/markdown.hpp"
#include "engine/exec/connection.hpp"
#include "engine/exec/proof.hpp"
#include "engine/exec/proof_documents.hpp"
#include "engine/exec/proof_rows.hpp"
#include "engine/exec/proof_sample.hpp"
#include "engine/model/caseless.hpp"
#include "engine/model/mongodb_validator.hpp"

namespace forge {
namespace fs = std::filesystem;
namespace {

struct TestRequest {
  RunRequest run;
  double rows = 1000;
  std::int64_t seed = 1;
};

std::string now_text() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

// The schema without what acts on rows as they are written: those go in first.
Schema without_actors(Schema schema) {
  std::erase_if(schema.definitions,
                [](const auto& entry) { return entry.second.kind == "trigger" || entry.second.kind == "rule"; });
  return schema;
}

class Test {
 public:
  Test(const TestRequest& request, Terminal& terminal) : request_(request), terminal_(terminal), console_(terminal) {}

  Result<int> go() {
    FORGE_ASSIGN(const auto config, load_config("."));
    FORGE_ASSIGN(folder_, settle_package(request_.run, config));
    FORGE_ASSIGN(plan_, read_plan_file(folder_));
    if (!fs::is_directory(folder_)) folder_ = folder_.parent_path();
    dev_url_ = request_.run.dev_url.empty() ? config.dev_url : request_.run.dev_url;
    reader_ = std::make_unique<SchemaReader>(Target{plan_.engine, plan_.version}, dev_url_,
                                             ModuleRoots{".", request_.run.organisation});
    FORGE_TRY(settle_source());
    begin_evidence();
    if (source_url_.empty()) {
      FORGE_TRY(make_copy(plan_.before));
    } else {
      FORGE_ASSIGN(const auto live, live_schema());
      FORGE_TRY(make_copy(live));
    }
    FORGE_TRY(prove_it());
    const auto file = folder_ / "evidence.json";
    FORGE_TRY(write_file_atomic(file, evidence_text(evidence_)));
    FORGE_TRY(tell_documents(folder_, evidence_));
    return report(file);
  }

 private:
  // The database that rows are taken from; none unless the command itself names one.
  Result<void> settle_source() {
    if (request_.run.url.empty() && request_.run.environment.empty()) return {};
    FORGE_ASSIGN(const auto target, settle_target(request_.run));
    source_url_ = target.url;
    // A server of MongoDB is not started for it: the copy stands beside the database that it is of.
    if (plan_.client.mongodb() && dev_url_.empty()) dev_url_ = source_url_;
    return {};
  }

  // All that stands in the database, which must be what the plan begins with.
  Result<Schema> live_schema() {
    FORGE_ASSIGN(auto live, reader_->read_database(source_url_, "."));
    FORGE_ASSIGN(const auto lines, drift_from(plan_.before, plan_, source_url_, *reader_));
    if (!lines.empty()) return fail(drift_error(plan_, lines));
    for (const auto& object : live.unmanaged) evidence_.notes.push_back("not in the copy: " + object);
    return live;
  }

  Result<RowsMade> rows_for(Session& copy, const Schema& schema) {
    const bool mongodb = plan_.client.mongodb();
    const auto rows = std::llround(request_.rows);
    const auto count = number_text(request_.rows);
    if (source_url_.empty()) {
      console_.tell(
          "filling", {{"rows", rows}},
          fmt::format("filling a copy: {} {}", count, mongodb ? "documents in each collection" : "rows in each table"));
      if (mongodb) return made_documents(copy, rows);
      return make_rows(copy, plan_, schema, rows, static_cast<std::uint64_t>(request_.seed));
    }
    console_.tell("filling", {{"rows", rows}, {"from", redacted(source_url_)}},
                  fmt::format("filling a copy: {} {} of {}, and those that they point at", count,
                              mongodb ? "documents of each collection" : "rows of each table", redacted(source_url_)));
    const bool sqlite = plan_.client.sqlite();
    FORGE_ASSIGN(const auto source, open_session(source_url_, {.read_only = !sqlite, .for_plan = sqlite}));
    if (sqlite) FORGE_TRY(source->query("PRAGMA query_only = 1; BEGIN"));
    if (plan_.client.mysql()) {
      for (const auto& sql : plan_.session) FORGE_TRY(source->query(sql));  // both sides speak of the same time zone
    }
    if (mongodb) return sample_documents(*source, copy, plan_, schema, rows, console_);
    return sample_rows(*source, copy, plan_.client, schema, rows);
  }

  // By what the catalog tells of the copy, and of the schema that the plan ends with.
  Result<RowsMade> made_documents(Session& copy, std::int64_t rows) {
    FORGE_ASSIGN(const auto told, reader_->read_database(copy_->url(), "."));
    FORGE_ASSIGN(const auto end, schema_after(plan_, static_cast<int>(plan_.steps.size())));
    FORGE_ASSIGN(const auto after, reader_->through_server(end));
    return make_documents(copy, plan_, told, after, {rows, static_cast<std::uint64_t>(request_.seed)}, console_);
  }

  void begin_evidence() {
    evidence_.tool_version = FORGELUA_VERSION;
    evidence_.id = plan_.id;
    evidence_.hash = plan_.hash;
    evidence_.engine = plan_.engine;
    evidence_.tested_at = now_text();
    evidence_.data = source_url_.empty() ? "generated" : "sampled";
    if (source_url_.empty()) evidence_.seed = request_.seed;
  }

  // The database in the state that the plan begins with, with rows.
  Result<void> make_copy(const Schema& schema) {
    FORGE_ASSIGN(auto* dialect, reader_->dialect());
    if (plan_.client.mongodb()) return make_collections(schema, *dialect);
    const Schema bare = without_actors(schema);
    FORGE_ASSIGN(const auto tables, schema_as_sql(bare, *dialect));
    FORGE_ASSIGN(const auto actors, schema_as_sql(schema, *dialect, bare));
    const std::string family = plan_.family.empty() ? plan_.engine : plan_.family;
    FORGE_ASSIGN(copy_, DevDatabase::create({family, plan_.version, dev_url_, reader_->collation()}));
    FORGE_TRY(load(tables));
    FORGE_ASSIGN(const auto session, open_session(copy_->url(), {.for_plan = true}));
    for (const auto& sql : plan_.session) FORGE_TRY(session->query(sql));
    FORGE_ASSIGN(auto made, rows_for(*session, bare));
    std::ranges::move(made.notes, std::back_inserter(evidence_.notes));
    evidence_.version = session->version();
    FORGE_TRY(load(actors));
    if (!plan_.client.mysql()) FORGE_TRY(session->query("ANALYZE"));
    return {};
  }

  Result<void> make_collections(const Schema& schema, DialectHost& dialect) {
    FORGE_ASSIGN(const auto commands, schema_statements(schema, dialect));
    auto made_copy = DevDatabase::create({plan_.engine, plan_.version, dev_url_, ""});
    if (!made_copy && dev_url_.empty())
      made_copy.error().hint = "name a database, beside which the copy is made: --url or --env; or a server: --dev-url";
    FORGE_ASSIGN(copy_, std::move(made_copy));
    FORGE_ASSIGN(const auto session, open_session(copy_->url(), {.for_plan = true}));
    for (const auto& command : commands) FORGE_TRY(session->query(command.sql));
    FORGE_ASSIGN(auto made, rows_for(*session, schema));
    std::ranges::move(made.notes, std::back_inserter(evidence_.notes));
    evidence_.version = session->version();
    return {};
  }

  Result<void> load(const std::string& sql) {
    if (sql.empty()) return {};
    auto done = copy_->load(sql, "(the schema of the plan, as SQL)");
    if (!done) done.error().notes.push_back("a copy of the database was being made");
    return done;
  }

  Result<void> prove_it() {
    ProofCopy copy;
    copy.url = copy_->url();
    FORGE_ASSIGN(copy.schema, reader_->read_database(copy.url, "."));
    FORGE_ASSIGN(const auto end, schema_after(plan_, static_cast<int>(plan_.steps.size())));
    copy.differs_from_end = [&] { return drift_from(end, plan_, copy.url, *reader_); };
    copy.differs_from_start = [&]() -> Result<std::vector<std::string>> {
      FORGE_ASSIGN(auto now, reader_->read_database(copy.url, "."));
      const CaselessNames names(plan_.client.sqlite());
      Schema then = copy.schema;
      for (auto* schema : {&then, &now}) {
        if (plan_.client.mongodb()) leave_out_silent_fields(*schema);
      }
      return schema_differences(then, now);
    };
    return prove(plan_, copy, console_, evidence_);
  }

  Result<int> report(const fs::path& file) {
    if (!evidence_.proved) {
      Error error{ErrorCode::database, fmt::format("'{}' is not proved", plan_.id), {}, {}, {}, evidence_.failures};
      error.hint = fmt::format("'{}' holds what was seen", file.string());
      return fail(std::move(error));
    }
    const auto& e = evidence_;
    std::string text = fmt::format("{}: proved on a copy, {}\n", e.id, data_words(e));
    text +=
        fmt::format("  there  {} steps in {:.2f} s; {} checks hold; the schema is the one that the plan ends with\n",
                    e.forward.steps.size(), e.forward.seconds, e.checks);
    text += fmt::format("  back   {} steps in {:.2f} s; the schema is the one at the start\n", e.backward.steps.size(),
                        e.backward.seconds);
    text += fmt::format("  {:<6} as at the start{}\n", rows_word(e),
                        e.lost.empty() ? "" : ", but for what the plan says is lost: " + joined(e.lost));
    for (const auto& note : e.notes) text += "  note   " + note + "\n";
    console_.tell("proved", {{"id", e.id}, {"hash", e.hash}, {"rows", e.rows}, {"lost", e.lost}, {"notes", e.notes}},
                  text + "  see    " + file.string());
    return 0;
  }

  const TestRequest& request_;
  Terminal& terminal_;
  Console console_;
  fs::path folder_;
  PlanFile plan_;
  std::string dev_url_, source_url_;
  std::unique_ptr<SchemaReader> reader_;
  std::unique_ptr<DevDatabase> copy_;
  Evidence evidence_;
};

}  // namespace

void add_test(CLI::App& app, Command& chosen) {
  auto request = std::make_shared<TestRequest>();
  auto* command = app.add_subcommand("test", "Prove a package on a copy: run it there and back, and compare");
  command->add_option("package", request->run.package,
                      "The package's folder (default: the only one below migrations/)");
  command->add_option("--url", request->run.url, "A database to take rows from (it is only read): a URL, or env:NAME");
  command->add_option("--env", request->run.environment, "The same: one of the environments of forgelua.yml");
  command->add_option("--rows", request->rows, "Rows that are made for each table, or taken from it, such as 1e6")
      ->check(CLI::Range(0.0, 1e9))
      ->capture_default_str();
  command->add_option("--seed", request->seed, "Another number makes other rows")->capture_default_str();
  command->add_option("--dev-url", request->run.dev_url, "A server to make the copy on (default: one that is started)");
  command->add_option("--org", request->run.organisation, "The organisation's folder of modules");
  command->callback(
      [&chosen, request] { chosen = [request](Terminal& terminal) { return Test(*request, terminal).go(); }; });
}

}  // namespace forge
