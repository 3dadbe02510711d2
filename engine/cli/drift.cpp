#include "engine/cli/drift.hpp"

#include <fmt/format.h>

#include "engine/cli/pipeline.hpp"
#include "engine/cli/schema_sql.hpp"
#include "engine/db/sqlite.hpp"
#include "engine/diff/diff.hpp"
#include "engine/diff/serials.hpp"
#include "engine/model/caseless.hpp"
#include "engine/model/equivalence.hpp"
#include "engine/model/mongodb_states.hpp"
#include "engine/model/mongodb_validator.hpp"
#include "engine/model/rights.hpp"

namespace forge {
namespace {

// Takes out of `live` what neither of the two schemas names.
template <class Map>
void keep_known(Map& live, const Map& wanted, const Map& after) {
  std::erase_if(live, [&](const auto& entry) { return !wanted.contains(entry.first) && !after.contains(entry.first); });
}

Schema known_part(Schema live, const Schema& wanted, const Schema& after) {
  keep_known(live.namespaces, wanted.namespaces, after.namespaces);
  keep_known(live.enums, wanted.enums, after.enums);
  keep_known(live.sequences, wanted.sequences, after.sequences);
  keep_known(live.tables, wanted.tables, after.tables);
  keep_known(live.views, wanted.views, after.views);
  keep_known(live.definitions, wanted.definitions, after.definitions);
  return live;
}

std::string line_of(const Change& change) {
  const auto object = object_of(change);
  return std::visit(
      [&]<class T>(const Delta<T>& delta) {
        if (!delta.before) return fmt::format("{} {} is there already", kind_of(change), object);
        if (!delta.after) return fmt::format("{} {} is missing", kind_of(change), object);
        std::string fields;
        if constexpr (!std::is_same_v<T, Table>) {
          for (const auto& field : differing_fields(*delta.before, *delta.after))
            fields += (fields.empty() ? ": " : ", ") + field;
        }
        return fmt::format("{} {} differs{}", kind_of(change), object, fields);
      },
      change);
}

// The schema as the engine gives it back once it has been made: with its own spelling and the names that it makes.
Result<Schema> as_the_engine_spells(const Schema& wanted, const PlanFile& plan, DialectHost& dialect,
                                    SchemaReader& reader) {
  if (!plan.client.sqlite()) return reader.through_server(wanted);
  FORGE_ASSIGN(const auto sql, schema_as_sql(wanted, dialect));
  FORGE_ASSIGN(auto schema, schema_from_sqlite_sql(sql, "(the schema of the plan, as SQL)"));
  std::vector<std::string> notes;
  FORGE_TRY(lower_schema(schema, dialect, notes));
  return schema;
}

// MongoDB: what no catalog tells is no difference.
Result<std::vector<std::string>> catalog_differences(const Schema& wanted, Schema live, SchemaReader& reader) {
  FORGE_ASSIGN(auto spelled, reader.through_server(wanted));
  adopt_untold(live, spelled);
  for (auto* schema : {&spelled, &live}) leave_out_silent_fields(*schema);
  return schema_differences(std::move(spelled), std::move(live));
}

}  // namespace

std::vector<std::string> schema_differences(Schema wanted, Schema live) {
  align_serials(wanted, live);
  wanted.grants_untold = wanted.grants_untold || !states_grants(wanted);
  settle_rights(wanted, live, {});
  std::vector<std::string> out;
  for (const auto& change : diff(wanted, live).changes) out.push_back(line_of(change));
  return out;
}

Result<std::vector<std::string>> drift_from(const Schema& wanted, const PlanFile& plan, const std::string& url,
                                            SchemaReader& reader) {
  const CaselessNames names(plan.client.sqlite());
  FORGE_ASSIGN(auto whole, reader.read_database(url, "."));
  FORGE_ASSIGN(auto* dialect, reader.dialect());
  std::vector<std::string> notes;
  FORGE_TRY(lower_schema(whole, *dialect, notes));
  FORGE_ASSIGN(const auto after, schema_after(plan, static_cast<int>(plan.steps.size())));
  const auto live = known_part(std::move(whole), wanted, after);
  if (plan.client.mongodb()) return catalog_differences(wanted, live, reader);
  auto lines = schema_differences(wanted, live);
  if (lines.empty() || wanted.read_from_server) return lines;
  FORGE_ASSIGN(const auto spelled, as_the_engine_spells(wanted, plan, *dialect, reader));
  return schema_differences(spelled, live);
}

Error drift_error(const PlanFile& plan, const std::vector<std::string>& lines) {
  Error error{ErrorCode::refused,
              fmt::format("the database is not what the plan '{}' begins with: {} differences", plan.id, lines.size()),
              "plan anew from the database as it is, or bring it back to what the plan knows",
              {},
              {},
              {}};
  constexpr std::size_t kShown = 20;
  for (std::size_t i = 0; i < lines.size() && i < kShown; ++i) error.notes.push_back(lines[i]);
  if (lines.size() > kShown) error.notes.push_back(fmt::format("… and {} more", lines.size() - kShown));
  return error;
}

}  // namespace forge
