#include "engine/exec/proof_documents.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "engine/exec/mongodb_text.hpp"
#include "engine/exec/proof_chance.hpp"
#include "engine/exec/proof_wishes.hpp"

namespace forge {
namespace {

constexpr std::size_t kDocuments = 200, kBytes = 4'000'000;  // of one insert
constexpr std::size_t kKeysAtOnce = 200;

// One collection's part of the sample.
struct Sampled {
  const Table* table = nullptr;
  std::vector<ForeignKey> keys;
  std::set<std::string> ids;
  std::vector<Json> fresh;  // whose foreign keys have not been followed yet: the values of their fields alone
  std::int64_t rows = 0;
};

class DocumentSampler {
 public:
  DocumentSampler(Session& source, Session& copy, const Schema& schema, const Listener& listener)
      : source_(source), copy_(copy), listener_(listener) {
    for (const auto& [name, table] : schema.tables) collections_[name].table = table.get();
  }

  Result<RowsMade> run(const std::map<QName, TableWishes>& wishes, std::int64_t rows) {
    for (auto& [name, sampled] : collections_) {
      if (const auto found = wishes.find(name); found != wishes.end()) sampled.keys = found->second.keys;
      FORGE_TRY(take_ends(sampled, rows));
    }
    FORGE_TRY(follow_keys());
    RowsMade out;
    for (const auto& [name, sampled] : collections_) out.rows[name] = sampled.rows;
    return out;
  }

 private:
  Result<void> take_ends(Sampled& sampled, std::int64_t rows) {
    if (!is_read_by_id(*sampled.table)) return take(sampled, {.most = rows, .by_id = false});
    FORGE_TRY(take(sampled, {.most = (rows + 1) / 2}));
    return take(sampled, {.most = rows / 2, .newest_first = true});
  }

  Result<void> take(Sampled& sampled, const DocumentWalk& walk) {
    const auto& name = sampled.table->name.name;
    DocumentWriter writer(copy_, name, true);
    if (walk.most > 0) {
      FORGE_TRY(
          mongodb_walk(source_, name, walk, [&](const Json& document) { return keep(sampled, document, writer); }));
    }
    return writer.flush();
  }

  Result<void> keep(Sampled& sampled, const Json& document, DocumentWriter& writer) {
    FORGE_TRY(going_on(listener_));
    if (document.contains("_id") && !sampled.ids.insert(document["_id"].dump()).second) return {};
    Json keys = Json::object();
    for (const auto& key : sampled.keys) {
      for (const auto& field : key.columns) keys[field] = document.value(field, Json());
    }
    if (!keys.empty()) sampled.fresh.push_back(std::move(keys));
    ++sampled.rows;
    return writer.add(document);
  }

  // Until no document points at one that is not there.
  Result<void> follow_keys() {
    for (bool more = true; more;) {
      more = false;
      for (auto& [name, sampled] : collections_) {
        const auto fresh = std::exchange(sampled.fresh, {});
        more = more || !fresh.empty();
        for (const auto& key : sampled.keys) FORGE_TRY(follow(key, fresh));
      }
    }
    return {};
  }

  Result<void> follow(const ForeignKey& key, const std::vector<Json>& fresh) {
    const auto parent = collections_.find(key.ref);
    if (parent == collections_.end() || fresh.empty()) return {};
    std::map<std::string, Json> wanted;
    for (const auto& one : fresh) {
      Json q = Json::object();
      for (std::size_t i = 0; i < key.columns.size(); ++i) {
        if (!one[key.columns[i]].is_null()) q[key.ref_columns[i]] = {{"$eq", one[key.columns[i]]}};
      }
      if (q.size() == key.columns.size()) wanted.emplace(q.dump(), q);
    }
    Json some = Json::array();
    for (auto at = wanted.begin(); at != wanted.end();) {
      some.push_back(at->second);
      if (++at != wanted.end() && some.size() < kKeysAtOnce) continue;
      FORGE_TRY(take_matching(parent->second, {{"$or", std::exchange(some, Json::array())}}));
    }
    return {};
  }

  Result<void> take_matching(Sampled& sampled, const Json& q) {
    const auto& name = sampled.table->name.name;
    FORGE_ASSIGN(const auto found, mongodb_documents(source_, {{"find", name}, {"filter", q}}));
    DocumentWriter writer(copy_, name, true);
    for (const auto& document : found) FORGE_TRY(keep(sampled, document, writer));
    return writer.flush();
  }

  Session& source_;
  Session& copy_;
  const Listener& listener_;
  std::map<QName, Sampled> collections_;
};

// A document with its fields by name: one that went away and came back stands last.
Json by_name(const Json& document) {
  std::map<std::string, const Json*> fields;
  for (const auto& [name, value] : document.items()) fields.emplace(name, &value);
  Json out = Json::object();
  for (const auto& [name, value] : fields) out[name] = *value;
  return out;
}

struct Sum {
  std::int64_t count = 0;
  std::uint64_t sum = 0;
  void add(const std::string& text) {
    ++count;
    sum += mixed(hash_of(text));
  }
  std::string text() const { return fmt::format("{}:{}", count, sum); }
};

Result<TableDigest> digest(Session& session, const Table& table, const std::set<ColumnName>& without) {
  std::map<std::string, Sum> fields;
  Sum whole;
  const auto add = [&](const Json& document) -> Result<void> {
    Json kept = by_name(document);
    for (const auto& [name, value] : document.items()) {
      fields[name].add(value.dump());
      if (without.contains({table.name, name})) kept.erase(name);
    }
    whole.add(kept.dump());
    return {};
  };
  FORGE_TRY(mongodb_walk(session, table.name.name, {.by_id = is_read_by_id(table)}, add));
  TableDigest out;
  out.rows = whole.count;
  out.whole = whole.text();
  for (const auto& [name, sum] : fields) out.columns[name] = sum.text();
  return out;
}

}  // namespace

bool is_read_by_id(const Table& table) {
  return std::ranges::none_of(table.options.storage, [](const auto& one) { return one.first == "timeseries"; });
}

Result<void> going_on(const Listener& listener) {
  if (!listener.stopping()) return {};
  return fail(ErrorCode::partly, "stopped", "the copy is gone; the same command begins anew");
}

Result<void> DocumentWriter::add(Json document) {
  bytes_ += document.dump().size();
  waiting_.push_back(std::move(document));
  return waiting_.size() < kDocuments && bytes_ < kBytes ? Result<void>() : flush();
}

Result<Rows> DocumentWriter::insert(const Json& documents) {
  Json command{{"insert", collection_}, {"documents", documents}};
  if (trusting_) command["bypassDocumentValidation"] = true;
  return session_.query(command.dump());
}

Result<void> DocumentWriter::flush() {
  const Json all = std::exchange(waiting_, Json::array());
  bytes_ = 0;
  if (all.empty()) return {};
  const auto done = insert(all);
  if (done) written_ += static_cast<std::int64_t>(all.size());
  if (done || (!trusting_ && session_.failure() != Failure::gone)) return done ? Result<void>() : one_by_one(all);
  return std::unexpected(done.error());
}

// How many of a batch stand once one of it was refused is nothing that every server says: it is begun anew.
Result<void> DocumentWriter::one_by_one(const Json& all) {
  Json ids = Json::array();
  for (const auto& document : all) ids.push_back(document.value("_id", Json()));
  const Json begun{{"q", {{"_id", {{"$in", ids}}}}}, {"limit", 0}};
  FORGE_TRY(session_.query(Json{{"delete", collection_}, {"deletes", Json::array({begun})}}.dump()));
  for (const auto& document : all) {
    const auto done = insert(Json::array({document}));
    if (done) {
      ++written_;
      continue;
    }
    if (session_.failure() == Failure::gone) return std::unexpected(done.error());
    why_ = done.error().message;
  }
  return {};
}

Result<RowsMade> sample_documents(Session& source, Session& copy, const PlanFile& plan, const Schema& schema,
                                  std::int64_t rows, const Listener& listener) {
  FORGE_ASSIGN(const auto wishes, wishes_of(plan, plan.before));
  return DocumentSampler(source, copy, schema, listener).run(wishes, rows);
}

Result<Digests> digest_documents(Session& session, const Schema& schema, const std::set<ColumnName>& without) {
  Digests out;
  for (const auto& [name, table] : schema.tables) {
    FORGE_ASSIGN(out[name], digest(session, *table, without));
  }
  return out;
}

}  // namespace forge
