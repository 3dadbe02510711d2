// The spec language's nodes as structs: what a chain of words has said, before it becomes part of a schema. A node's fields
// stand in Lua under names with '_' before them; place and body under 1 and 2 (stdlib/forge/spec_support.lua).
#pragma once

#include <cstdint>
#include <lua.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/lua/node_read.hpp"
#include "engine/lua/sources.hpp"
#include "engine/model/schema.hpp"

namespace forge {
class SqliteProbe;
}

namespace forge::spec {

struct ColumnNode {
  Column column;
  bool primary = false;
  std::optional<std::string> unique;  // the constraint's name, or empty text for none
  std::string references;             // as written: "table", "table.column", "namespace.table.column"
  std::vector<std::string> ref_columns;
  std::string fk_on_delete, fk_on_update;
  std::vector<std::string> checks;
  std::string renamed_from, backfill_up, backfill_down, strategy;
  bool drop_default = false, drop_identity = false, drop_generated = false, visible = false;
  std::string word;  // alter_column

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    Column::fields(self.column, visit);
    visit("primary", self.primary);
    visit("unique", self.unique);
    visit("references", self.references);
    visit("ref_columns", self.ref_columns);
    visit("fk_on_delete", self.fk_on_delete);
    visit("fk_on_update", self.fk_on_update);
    visit("checks", self.checks);
    visit("renamed_from", self.renamed_from);
    visit("backfill_up", self.backfill_up);
    visit("backfill_down", self.backfill_down);
    visit("strategy", self.strategy);
    visit("drop_default", self.drop_default);
    visit("drop_identity", self.drop_identity);
    visit("drop_generated", self.drop_generated);
    visit("visible", self.visible);
    visit("do", self.word);
  }
};

struct TableNode {
  std::string name;
  TableOptions options;
  std::string comment, renamed_from, strategy, downtime, approved_by;
  bool archive = false;
  std::string word;

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("name", self.name);
    TableOptions::fields(self.options, visit);
    visit("comment", self.comment);
    visit("renamed_from", self.renamed_from);
    visit("strategy", self.strategy);
    visit("downtime", self.downtime);
    visit("approved_by", self.approved_by);
    visit("archive", self.archive);
    visit("do", self.word);
  }
};

// A member of a table with what only the language knows of it.
template <class T>
struct MemberNode {
  T value;
  std::string renamed_from;
  std::string references;  // foreign keys

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    T::fields(self.value, visit);
    visit("renamed_from", self.renamed_from);
    visit("references", self.references);
  }
};

struct PartNode {
  IndexPart part;
  std::string about;  // for messages

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    IndexPart::fields(self.part, visit);
    visit("about", self.about);
  }
};

// An enum, a sequence, a view, a definition or a namespace: their names are text here.
struct ObjectNode {
  std::string name;
  Sequence sequence;
  bool materialized = false, security_invoker = false;
  std::vector<std::string> columns, uses;
  std::string definer, check_option, comment;
  Definition definition;  // its name and uses stand beside it
  std::string on;
  std::string word;

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("name", self.name);
    visit("comment", self.comment);
    visit("do", self.word);
    visit("materialized", self.materialized);
    visit("security_invoker", self.security_invoker);
    visit("columns", self.columns);
    visit("uses", self.uses);
    visit("definer", self.definer);
    visit("check_option", self.check_option);
    visit("type", self.sequence.type);
    visit("start", self.sequence.start);
    visit("increment", self.sequence.increment);
    visit("min", self.sequence.min);
    visit("max", self.sequence.max);
    visit("cache", self.sequence.cache);
    visit("cycle", self.sequence.cycle);
    visit("owned_by", self.sequence.owned_by);
    visit("kind", self.definition.kind);
    visit("create", self.definition.create);
    visit("body", self.definition.body);
    visit("drop", self.definition.drop);
    visit("shape", self.definition.shape);
    visit("replaces", self.definition.replaces);
    visit("parts", self.definition.parts);
    visit("on", self.on);
  }
};

// Any other change.
struct ChangeNode {
  std::string word, name;
  std::string before, after;                    // add_value
  std::string up, down, why, done_when, phase;  // execute

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("do", self.word);
    visit("name", self.name);
    visit("before", self.before);
    visit("after", self.after);
    visit("up", self.up);
    visit("down", self.down);
    visit("why", self.why);
    visit("done_when", self.done_when);
    visit("phase", self.phase);
  }
};

enum class NodeKind {
  none,
  column,
  table,
  key,
  index,
  foreign_key,
  check,
  exclude,
  part,
  enumeration,
  view,
  definition,
  sequence,
  name_space,
  schema,
  source,
  change,
  migration
};

// The place of a node as a number that Lua can hold: which source and line its word stands on, and how many nodes had been made on
// that line before it, ever.
using NodePlace = std::int64_t;

struct NodeSpot {
  int source = 0, line = 0, nth = 0;
};

NodePlace place_of(const NodeSpot& spot);
NodeSpot spot_of(NodePlace place);

// What reading a spec needs everywhere.
struct Context {
  Context(lua_State* machine, const Sources& texts, std::string for_engine)
      : L(machine), sources(texts), engine(std::move(for_engine)) {}

  lua_State* L;
  const Sources& sources;
  std::string engine;
  std::shared_ptr<SqliteProbe> probe;  // made when the first text is to be looked at

  // Names that differ in letter case alone are one name, except on PostgreSQL and when no engine is known.
  bool folds_case() const { return !engine.empty() && engine != "postgres"; }

  NodeKind kind(int index);
  NodePlace place_of(int index);       // of the node at `index`; 0 where it has none
  std::string string_body(int index);  // body of the node, where it is text; else empty
  bool push_body(int index);           // pushes the node's body; false (nothing pushed) where there is none

  Place place(NodePlace at, std::string_view token = {}, std::string_view anchor = {}) const;
  // The place of what stands `at` bytes into `text` (`length` of them), where the text stands in the spec as it is: after
  // the token `anchor`. Else the place of the text, or of the anchor.
  Place place_inside(NodePlace node, std::string_view text, std::string_view anchor, std::size_t at,
                     std::size_t length) const;
  // The line alone, without looking for a column: for places that are kept by the thousand.
  Place line_place(NodePlace at, std::string_view name) const;
  std::unexpected<Error> wrong(NodePlace at, std::string_view token, std::string_view anchor, std::string message,
                               std::string hint = {}) const;

  // Reads the node at `index` into `out`; what does not fit is a mistake of ours or of a forged node.
  template <class T>
  Result<void> read(int index, T& out, std::string_view name) {
    Error error;
    if (nodes::read_into(L, index, out, name, nodes::kNodeStyle, error, &types_)) return {};
    error.place = place(place_of(index));
    return fail(std::move(error));
  }

 private:
  std::vector<std::pair<const void*, NodeKind>> kinds_;
  nodes::KnownTypes types_;
};

std::string lower_case(std::string_view text);
// "did you mean 'x'?" or empty.
std::string suggest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace forge::spec
