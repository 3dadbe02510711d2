#include <fmt/format.h>

#include <algorithm>

#include "engine/emit/changes.hpp"
#include "engine/emit/markdown.hpp"
#include "engine/emit/package.hpp"
#include "engine/model/generated_names.hpp"

namespace forge {
namespace {

std::string type_args(const Type& type) {
  std::string out;
  for (const auto arg : type.args) out += fmt::format("{}{}", out.empty() ? "" : ",", arg);
  for (const auto& value : type.more->values) out += fmt::format("{}'{}'", out.empty() ? "" : ",", value);
  return out.empty() ? "" : "(" + out + ")";
}

std::string yes_no(std::string_view label, bool value) { return fmt::format("{}{}", value ? "" : "not ", label); }

// How a facet of a column reads on one side.
std::string facet_text(const Column& column, std::string_view facet) {
  if (facet == "name") return column.name;
  if (facet == "type") return type_text(column.type);
  if (facet == "nullable") return column.nullable ? "null" : "not null";
  if (facet == "default") return column.default_value ? "default " + expr_text(*column.default_value) : "no default";
  if (facet == "generated") return column.more->generated ? "generated as " + column.more->generated->expr : "plain";
  if (facet == "identity") return yes_no("identity", column.more->identity.has_value());
  if (facet == "collation") return "collation " + (column.more->collation.empty() ? "default" : column.more->collation);
  if (facet == "charset") return "charset " + (column.more->charset.empty() ? "default" : column.more->charset);
  if (facet == "comment") return "comment " + sql_quoted(column.more->comment);
  if (facet == "on_update") return "on update " + (column.more->on_update.empty() ? "nothing" : column.more->on_update);
  if (facet == "invisible") return column.more->invisible ? "invisible" : "visible";
  return std::string(facet);
}

std::string column_change(const Change& change, const Delta<Column>& delta) {
  if (!delta.before || !delta.after) return column_text(delta.after ? *delta.after : *delta.before);
  std::string from, to;
  for (const auto& facet : facets_of(change)) {
    from += fmt::format("{}{}", from.empty() ? "" : ", ", facet_text(*delta.before, facet));
    to += fmt::format("{}{}", to.empty() ? "" : ", ", facet_text(*delta.after, facet));
  }
  return from.empty() ? column_text(*delta.after) : from + " → " + to;
}

std::string parts_text(const std::vector<IndexPart>& parts) {
  std::string out;
  for (const auto& part : parts) {
    out += fmt::format("{}{}{}", out.empty() ? "" : ", ", part.column.empty() ? part.expr : part.column,
                       part.desc ? " desc" : "");
  }
  return "(" + out + ")";
}

std::string object_text(const Table& table) {
  return fmt::format("table of {} column{}", table.columns.size(), table.columns.size() == 1 ? "" : "s");
}
std::string object_text(const TableShell& shell) { return "table " + display(shell.name); }
std::string object_text(const Key& key) { return (key.primary ? "primary key " : "unique ") + parts_text(key.parts); }
std::string object_text(const Index& index) {
  return fmt::format("{}index {}{}", index.unique ? "unique " : "", parts_text(index.parts),
                     index.where.empty() ? "" : " where " + index.where);
}
std::string object_text(const ForeignKey& key) {
  return fmt::format("foreign key ({}) → {} ({}){}", joined(key.columns), display(key.ref), joined(key.ref_columns),
                     key.on_delete.empty() ? "" : " on delete " + key.on_delete);
}
std::string object_text(const Check& check) { return "check " + check.expr; }
std::string object_text(const Exclusion&) { return "exclusion"; }
std::string object_text(const View& view) { return view.materialized ? "materialized view" : "view"; }
std::string object_text(const Definition& one) { return one.kind; }
std::string object_text(const EnumType& type) { return "enum (" + joined(type.values) + ")"; }
std::string object_text(const Sequence&) { return "sequence"; }
std::string object_text(const Namespace&) { return "schema"; }
std::string object_text(const Sync&) { return "dual-write triggers"; }
std::string object_text(const Raw& raw) { return raw.why.empty() ? "SQL of the spec's own" : raw.why; }

template <class T>
std::string delta_text(const Change& change, const Delta<T>& delta) {
  if (!delta.before || !delta.after) return object_text(delta.after ? *delta.after : *delta.before);
  const auto from = object_text(*delta.before), to = object_text(*delta.after);
  return from != to ? from + " → " + to : fmt::format("{}: {}", to, joined(facets_of(change)));
}

std::string shape_text(const Change& change) {
  return std::visit(
      [&](const auto& delta) -> std::string {
        using T = typename std::decay_t<decltype(delta)>::Object;
        if constexpr (std::is_same_v<T, Column>)
          return column_change(change, delta);
        else
          return delta_text(change, delta);
      },
      change);
}

std::string sign(const PlannedChange& change) {
  if (change.reversible == "destructive") return "❌ destructive, HIGH RISK";
  if (change.reversible == "data-dependent") return "⚠️ data-dependent";
  return "✅ yes";
}

}  // namespace

std::string sql_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

std::string expr_text(const Expr& expr) {
  if (expr.kind == Expr::Kind::string) return sql_quoted(expr.text);
  return expr.kind == Expr::Kind::null ? "null" : expr.text;
}

std::string type_text(const Type& type) {
  std::string out = type.more->ref.empty() ? type.name : type.more->ref;
  out += type_args(type);
  if (type.more->is_unsigned) out += " unsigned";
  for (int i = 0; i < type.more->array; ++i) out += "[]";
  return out;
}

std::string column_text(const Column& column) {
  std::string out = type_text(column.type);
  if (!column.nullable) out += " not null";
  if (column.default_value) out += " default " + expr_text(*column.default_value);
  if (column.more->generated) out += " generated as (" + column.more->generated->expr + ")";
  if (column.more->identity) out += " identity";
  return out;
}

std::string change_sign(const Change& change) {
  switch (verb_of(change)) {
    case Verb::create:
      return "ADD";
    case Verb::drop:
      return "DROP";
    case Verb::rename:
      return "RENAME";
    case Verb::alter:
      break;
  }
  const auto facets = facets_of(change);
  return std::ranges::find(facets, "name") == facets.end() ? "MODIFY" : "RENAME";
}

std::string change_object(const Change& change) {
  const auto now = object_of(change), then = object_of(reverse(change));
  return change_sign(change) == "RENAME" && now != then ? shown_name(then) + " → " + shown_name(now) : shown_name(now);
}

std::string change_title(const Change& change) {
  // A definition's own name begins with its kind.
  if (std::holds_alternative<Delta<Definition>>(change)) return change_sign(change) + " " + change_object(change);
  std::string kind = kind_words(change);
  kind.resize(std::min(kind.size(), kind.find(" of ")));
  return fmt::format("{} {} {}", change_sign(change), kind, change_object(change));
}

std::string kind_words(const Change& change) {
  std::string kind(kind_of(change));
  std::ranges::replace(kind, '_', ' ');
  if (kind == "raw") return "SQL";
  if (const auto* one = std::get_if<Delta<Definition>>(&change))
    return one->after ? one->after->kind : one->before->kind;
  const bool member = std::visit([](const auto& delta) { return !delta.table.empty(); }, change);
  return member && kind != "column" ? kind + " of " + display(table_of(change)) : kind;
}

std::string render_diff_table(const Plan& plan) {
  MarkdownTable table({"Change", "Object", "Kind", "From → to", "Reversible"});
  for (const auto& change : plan.changes) {
    table.row({change_sign(change.change), code(change_object(change.change)), kind_words(change.change),
               shape_text(change.change), sign(change)});
  }
  return table.text();
}

}  // namespace forge
