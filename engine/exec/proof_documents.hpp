// MongoDB: documents for a copy, taken or made, and sums over them.
#pragma once

#include <cstdint>
#include <set>

#include "engine/db/session.hpp"
#include "engine/exec/listener.hpp"
#include "engine/exec/plan_file.hpp"
#include "engine/exec/proof_digest.hpp"
#include "engine/exec/proof_rows.hpp"

namespace forge {

// Puts documents of `source`, which is only read, into the collections of `schema` in `copy`, which are there and empty: about `rows`
// of each, half from either end of _id, and beyond them those that foreign keys of the plan point at. Validators are not asked: the
// source may hold what they would refuse today. Errors: what either server said; (partly) `listener` is stopping.
Result<RowsMade> sample_documents(Session& source, Session& copy, const PlanFile& plan, const Schema& schema,
                                  std::int64_t rows, const Listener& listener);

// How many, and by which chance.
struct DocumentsWanted {
  std::int64_t rows = 0;
  std::uint64_t seed = 1;
};

// Fills the collections of `schema`, which are there and empty, with `rows` documents each: types, rules and uniqueness are kept to,
// as far as fields state them, and those of `after`, the schema that the plan ends with as a catalog tells it, too; what the server
// refuses all the same is left out. Equal schemas and seeds give equal documents. Errors: as above.
Result<RowsMade> make_documents(Session& session, const PlanFile& plan, const Schema& schema, const Schema& after,
                                const DocumentsWanted& wanted, const Listener& listener);

// As digest_rows: columns are the fields of documents, whose order is no difference.
Result<Digests> digest_documents(Session& session, const Schema& schema, const std::set<ColumnName>& without);

// Documents for one collection, sent in batches that a server takes.
class DocumentWriter {
 public:
  // `trusting`: validators are not asked, and an error ends it; else what is refused is left out.
  DocumentWriter(Session& session, std::string collection, bool trusting)
      : session_(session), collection_(std::move(collection)), trusting_(trusting) {}

  Result<void> add(Json document);
  Result<void> flush();
  std::int64_t written() const { return written_; }
  const std::string& why() const { return why_; }  // the last one that was refused was so

 private:
  Result<Rows> insert(const Json& documents);
  Result<void> one_by_one(const Json& all);

  Session& session_;
  std::string collection_;
  bool trusting_;
  Json waiting_ = Json::array();
  std::size_t bytes_ = 0;
  std::int64_t written_ = 0;
  std::string why_;
};

// Whether its documents can be read along _id: those of a time series cannot.
bool is_read_by_id(const Table& table);
// Errors (partly): `listener` is stopping.
Result<void> going_on(const Listener& listener);

}  // namespace forge
