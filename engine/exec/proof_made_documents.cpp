#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "engine/exec/mongodb_text.hpp"
#include "engine/exec/plan_names.hpp"
#include "engine/exec/proof_chance.hpp"
#include "engine/exec/proof_documents.hpp"
#include "engine/exec/proof_fields.hpp"
#include "engine/exec/proof_wishes.hpp"
#include "engine/model/mongodb_validator.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {
namespace {

constexpr std::uint64_t kOneInMissing = 6, kOneInNull = 12;

// A field of the collection that is being filled.
struct Field {
  std::string name;
  Json schema;
  bool required = false, nullable = true, distinct = false;
  std::string place;  // "2dsphere", "2d": an index wants a place in it
};

// The keys that a foreign key may point at: the parents' values, in its order.
using Keys = std::vector<std::vector<Json>>;

// What the plan ends with of a collection, for those of its fields that stand already.
struct Later {
  const Table* table = nullptr;
  std::map<std::string, const Column*> fields;  // by the name before the plan
};

Later later_of(const PlanFile& plan, const Schema& after, const QName& name) {
  const NamesBefore names(plan.changes);
  Later out;
  for (const auto& [last, table] : after.tables) {
    if (names.table(last) != name) continue;
    out.table = table.get();
    for (const auto& column : table->columns) out.fields[names.column(last, column.name)] = &column;
  }
  return out;
}

bool allows_null(const Column& column) {
  const Json rules = column.more->rules.empty() ? Json() : Json::parse(column.more->rules, nullptr, false);
  const Json said = rules.is_object() ? rules.value("nullable", Json()) : Json();
  return said.is_boolean() ? said.get<bool>() : column.nullable;
}

// Fills one collection.
class CollectionFiller {
 public:
  CollectionFiller(Session& session, const Table& table, const TableWishes& wishes, Later later, std::uint64_t seed)
      : session_(session), table_(table), wishes_(wishes), later_(std::move(later)), seed_(seed) {}

  // How many documents there are then.
  Result<std::int64_t> fill(std::int64_t rows, const std::vector<Keys>& parents, const Listener& listener) {
    DocumentWriter writer(session_, table_.name.name, false);
    for (std::int64_t n = 1; n <= rows; ++n) {
      FORGE_TRY(going_on(listener));
      FORGE_TRY(writer.add(document(static_cast<std::uint64_t>(n), parents)));
    }
    FORGE_TRY(writer.flush());
    FORGE_ASSIGN(const auto gone, take_out());
    const auto made = writer.written() - gone;
    if (made < rows) note_ = gone > 0 ? "rules that the plan adds refuse the others" : writer.why();
    return made;
  }
  const std::string& note() const { return note_; }

  // Takes in what stands in the collection and what only the plan knows of it.
  void settle(const Table* stated) {
    for (const auto& column : table_.columns) add(column);
    if (stated) {
      for (const auto& column : stated->columns) {
        if (!find_column(table_, column.name)) add(column);
      }
    }
    for (const auto& unique : wishes_.uniques) settle_unique(unique);
    for (const auto& index : table_.indexes) {
      for (auto& field : fields_) {
        const bool place = index.method.starts_with("2d") && !index.parts.empty();
        if (place && index.parts.front().column == field.name) field.place = index.method;
      }
    }
  }

 private:
  void add(const Column& column) {
    Field field{
        column.name, schema_of_field(column), wishes_.required.contains(column.name), allows_null(column), false, ""};
    if (const auto found = later_.fields.find(column.name); found != later_.fields.end()) {
      field.schema = schema_within(field.schema, schema_of_field(*found->second));
      field.nullable = field.nullable && allows_null(*found->second);
    }
    fields_.push_back(std::move(field));
  }

  // One field of it that differs in every document is enough.
  void settle_unique(const std::vector<std::string>& unique) {
    Field* widest = nullptr;
    for (auto& field : fields_) {
      if (std::ranges::find(unique, field.name) == unique.end()) continue;
      if (field.distinct) return;
      if (!widest || widest->schema.contains("enum")) widest = &field;
    }
    if (widest) widest->distinct = true;
  }

  std::uint64_t chance(const std::string& salt, std::uint64_t number) const {
    return mixed(seed_ ^ mixed(hash_of(display(table_.name) + "\n" + salt)) ^ mixed(number));
  }

  Json document(std::uint64_t number, const std::vector<Keys>& parents) const {
    Json out{{"_id", {{"$oid", fmt::format("{:024x}", number)}}}};
    for (const auto& field : fields_) {
      const auto luck = chance(field.name, number);
      const bool always = field.required || field.distinct || field.name == "_id";
      if (!always && luck % kOneInMissing == 0) continue;
      const bool null = !always && field.nullable && luck / 64 % kOneInNull == 0;
      out[field.name] = null ? Json() : value(field, field.distinct ? number : luck / 1024 % 1'000'000);
    }
    for (std::size_t k = 0; k < wishes_.keys.size(); ++k) point(out, wishes_.keys[k], parents[k], number);
    return out;
  }

  static Json value(const Field& field, std::uint64_t number) {
    if (field.place.empty()) return value_of_schema(field.schema, number);
    const Json pair = Json::array({static_cast<double>(number % 180), static_cast<double>(number % 90)});
    return field.place == "2d" ? pair : Json{{"type", "Point"}, {"coordinates", pair}};
  }

  void point(Json& document, const ForeignKey& key, const Keys& parents, std::uint64_t number) const {
    const auto distinct = [&](const Field& field) {
      return field.distinct && std::ranges::find(key.columns, field.name) != key.columns.end();
    };
    const bool each = std::ranges::any_of(fields_, distinct);
    const auto at = each ? number - 1 : chance("\n" + key.name, number);
    for (std::size_t i = 0; i < key.columns.size(); ++i) {
      if (parents.empty()) {
        document.erase(key.columns[i]);
      } else if (document.contains(key.columns[i]) && !document[key.columns[i]].is_null()) {
        document[key.columns[i]] = parents[at % parents.size()][i];
      }
    }
  }

  // Takes out the documents that rules of the plan's end refuse, as far as they speak of fields as they stand.
  Result<std::int64_t> take_out() {
    std::vector<Json> rules;
    Json properties = Json::object();
    for (const auto& [name, column] : later_.fields) {
      const Column* first = find_column(table_, name);
      const Json last = schema_of_field(*column);
      if (first && name == column->name && share_a_type(schema_of_field(*first), last))
        properties[name] = bare(*column);
    }
    if (!properties.empty()) rules.push_back({{"$jsonSchema", {{"properties", properties}}}});
    for (const auto& check : wishes_.later_checks) {
      const bool known = std::ranges::none_of(later_.fields, [&](const auto& entry) {
        return !find_column(table_, entry.second->name) && names_object(check, entry.second->name);
      });
      const Json query = Json::parse(check, nullptr, false);
      if (known && query.is_object()) rules.push_back(query);
    }
    std::int64_t gone = 0;
    for (const auto& rule : rules) {
      const Json one{{"q", {{"$nor", Json::array({rule})}}}, {"limit", 0}};
      const auto done = session_.query(Json{{"delete", table_.name.name}, {"deletes", Json::array({one})}}.dump());
      if (!done && session_.failure() == Failure::gone) return std::unexpected(done.error());
      if (done) gone += done->affected;
    }
    return gone;
  }

  // The field's schema in MongoDB's words alone.
  static Json bare(const Column& column) {
    Json out = schema_of_field(column);
    for (const char* word : {"nullable", "inferred", "as_text", "whole"}) out.erase(word);
    if (out.contains("bsonType") && allows_null(column)) out["bsonType"].push_back("null");
    return out;
  }

  Session& session_;
  const Table& table_;
  const TableWishes& wishes_;
  Later later_;
  std::uint64_t seed_;
  std::vector<Field> fields_;
  std::string note_;
};

class DocumentMaker {
 public:
  DocumentMaker(Session& session, const PlanFile& plan, const Schema& schema, const Schema& after,
                const Listener& listener)
      : session_(session), plan_(plan), schema_(schema), after_(after), listener_(listener) {}

  Result<RowsMade> run(const DocumentsWanted& wanted) {
    FORGE_ASSIGN(wishes_, wishes_of(plan_, plan_.before));
    for (const auto* table : parents_first(schema_, wishes_)) FORGE_TRY(fill(*table, wanted));
    return std::move(out_);
  }

 private:
  Result<void> fill(const Table& table, const DocumentsWanted& wanted) {
    const auto& wishes = wishes_[table.name];
    std::vector<Keys> parents;
    for (const auto& key : wishes.keys) {
      FORGE_ASSIGN(auto found, keys_of(key, wanted.rows));
      parents.push_back(std::move(found));
    }
    CollectionFiller filler(session_, table, wishes, later_of(plan_, after_, table.name), wanted.seed);
    filler.settle(plan_.before.table(table.name));
    FORGE_ASSIGN(const auto made, filler.fill(wishes.empty ? 0 : wanted.rows, parents, listener_));
    out_.rows[table.name] = made;
    const std::string why = wishes.empty ? "the plan adds a field that none would have a value for" : filler.note();
    if (made < wanted.rows) out_.notes.push_back(fmt::format("{}: {} documents: {}", display(table.name), made, why));
    return {};
  }

  Result<Keys> keys_of(const ForeignKey& key, std::int64_t rows) {
    Keys out;
    if (!out_.rows.contains(key.ref)) return out;
    FORGE_TRY(mongodb_walk(session_, key.ref.name, {.most = rows}, [&](const Json& document) -> Result<void> {
      std::vector<Json> values;
      for (const auto& field : key.ref_columns) values.push_back(document.value(field, Json()));
      if (std::ranges::find(values, Json()) == values.end()) out.push_back(std::move(values));
      return {};
    }));
    return out;
  }

  Session& session_;
  const PlanFile& plan_;
  const Schema& schema_;
  const Schema& after_;
  const Listener& listener_;
  std::map<QName, TableWishes> wishes_;
  RowsMade out_;
};

}  // namespace

Result<RowsMade> make_documents(Session& session, const PlanFile& plan, const Schema& schema, const Schema& after,
                                const DocumentsWanted& wanted, const Listener& listener) {
  return DocumentMaker(session, plan, schema, after, listener).run(wanted);
}

}  // namespace forge
