// Brings a schema into the one form in which an engine can hold it, so that two schemas that the engine would hold alike
// are equal.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/model/schema.hpp"

namespace forge {

// How names that nobody gave are made.
enum class Naming { postgres, mysql, mariadb, sqlite, mongodb };

// What lowering must know of an engine; filled from its dialect.
struct LowerRules {
  std::string engine;  // for notes
  Naming naming = Naming::postgres;
  std::map<std::string, bool> has;   // the dialect's features
  std::size_t identifier_limit = 0;  // 0: none
  bool limit_in_bytes = true;        // else in characters
  // The type as the engine holds it: aliases resolved, default arguments filled in; the text gets what stands in for a type
  // that the engine has not. Called once for each different type.
  std::function<Result<Type>(const Type&, std::string&)> canonical_type;

  bool can(const std::string& feature) const {
    const auto found = has.find(feature);
    return found != has.end() && found->second;
  }
};

// A constraint without a name on an engine that keeps it so (SQLite) is told apart by what it says: its name here begins
// with this, and it is never written.
inline constexpr std::string_view kUnnamed = "unnamed:";

struct Spec;

// MongoDB has no defaults: what a new field has as its default is what the documents that stand are filled with, as on an
// engine that has them. To be called before the schemas are lowered.
void fill_from_defaults(Spec& spec);

// What is being lowered: an object, a column of a table, and the name that is to blame where one is.
struct LoweredObject {
  QName object;
  std::string column, name;
};

// Lowers schemas for one engine. Types, aliases, generated names, literal defaults, keys' implied NOT NULL, enums of an
// engine without named ones, clauses that say the default. What the engine cannot hold is left out or replaced, and each
// time a note names the object and what stands in for it: nothing is lost in silence. Lowering twice is lowering once.
// Tables that two schemas share are lowered once and stay shared.
class Lowering {
 public:
  explicit Lowering(LowerRules rules) : rules_(std::move(rules)) {}

  // Errors (spec): a name longer than the engine keeps; a type that it has not. They have no place: `about` tells what they are about.
  Result<void> run(Schema& schema);
  // Both, and what they share but once, without a copy of it where nobody else holds it.
  Result<void> run(Schema& before, Schema& after);

  // What the engine cannot hold, sorted, each once.
  std::vector<std::string> notes() const { return {notes_.begin(), notes_.end()}; }
  // Once `run` has failed: where.
  const LoweredObject& about() const { return about_; }

 private:
  Result<void> lower_tables(Schema& schema);
  Result<void> lower_table(const Schema& schema, Table& table);
  Result<void> lower_column(const Schema& schema, Table& table, Column& column);
  Result<void> lower_type(const Schema& schema, Table& table, Column& column);
  Result<Type> canonical(const Table& table, const Column& column);
  Result<void> check_name(const std::string& name, const std::string& what);
  Result<void> check_names(const Table& table);
  Result<void> check_object_names(const Schema& schema);
  void inline_enum(Table& table, Column& column, const EnumType& type);
  void lower_default(Column& column);
  void lower_extras(const Table& table, Column& column);
  void lower_members(const Schema& schema, Table& table);
  void lower_indexes(Table& table);
  void lower_keys(Table& table);
  void lower_sqlite_table(Table& table);
  void lower_mongodb_column(const Table& table, Column& column);
  void lower_mongodb_table(Table& table);
  void lower_mongodb_objects(Schema& schema);
  void lower_foreign_keys(const Schema& schema, Table& table);
  void lower_options(Table& table);
  void lower_parts(const Table& table, const std::string& owner, std::vector<IndexPart>& parts);
  void lower_objects(Schema& schema);
  void lower_views(Schema& schema);
  void note(const std::string& text) { notes_.insert(text); }
  void without(const std::string& object, const std::string& what);

  LowerRules rules_;
  LoweredObject about_;
  std::set<std::string> notes_;
  std::unordered_map<std::string, std::pair<Type, std::string>>
      types_;  // by spelling: the canonical type, and its note
  // Lowered tables by themselves, and by the table they were made from, which is kept alive so that its address stays its own.
  std::unordered_map<std::shared_ptr<const Table>, std::shared_ptr<const Table>> done_;
};

}  // namespace forge
