#include "engine/model/definition.hpp"

#include <algorithm>
#include <optional>

#include "engine/model/publication.hpp"
#include "engine/model/sql/renaming.hpp"
#include "engine/model/sql/scan.hpp"

namespace forge {
namespace {

// Where a statement goes on with accounts, whose names follow nothing: "… OWNER TO app", "GRANT … TO app".
std::size_t before_accounts(std::string_view kind, std::string_view text) {
  if (kind != "owner" && kind != "grant") return text.size();
  const auto to = text.rfind(" TO "), from = text.rfind(" FROM ");
  const auto at = to == std::string_view::npos || (from != std::string_view::npos && from > to) ? from : to;
  return std::min(at, text.size());
}

// Calls `change` with every text of the definition that follows renames word by word: all but what speaks_in_statements.
template <class Change>
void each_text(Definition& definition, Change change) {
  for (auto* text : {&definition.create, &definition.drop}) {
    if (text == &definition.create && speaks_in_statements(definition)) continue;
    const auto cut = before_accounts(definition.kind, *text);
    std::string head = text->substr(0, cut);
    change(head);
    *text = head + text->substr(cut);
  }
  for (auto& part : definition.parts) {
    change(part.make);
    change(part.undo);
  }
}

bool names_anywhere(const Definition& definition, const std::string& name) {
  if (names_in_statement(definition, name)) return true;
  return std::ranges::any_of(definition.parts,
                             [&](const DefinitionPart& part) { return names_object(part.make, name); });
}

// Kinds that no text calls by a name: their own part says what they are about.
bool nameless(std::string_view kind) {
  static constexpr std::string_view kKinds[] = {"cast",
                                                "grant",
                                                "owner",
                                                "revoke",
                                                "comment",
                                                "clustering",
                                                "row security",
                                                "replica identity",
                                                "statistics target",
                                                "column default",
                                                "column storage",
                                                "column options",
                                                "column compression",
                                                "not null",
                                                "view option",
                                                "default privilege"};
  return std::ranges::find(kKinds, kind) != std::ranges::end(kKinds);
}

// "audit on orders" of "trigger audit on orders".
std::string_view own_part(const Definition& definition) {
  std::string_view rest = definition.name.name;
  if (rest.starts_with(definition.kind)) rest.remove_prefix(definition.kind.size());
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  if (definition.on.empty()) return rest;
  const std::string suffix = " on " + display(definition.on);
  if (rest.ends_with(suffix)) rest.remove_suffix(suffix.size());
  return rest;
}

// A domain's statement up to its default and NOT NULL.
std::string_view domain_base(std::string_view create) {
  if (create.ends_with(" NOT NULL")) create.remove_suffix(9);
  return create.substr(0, create.find(" DEFAULT "));
}

}  // namespace

bool takes_place(const Definition& before, const Definition& after) {
  const bool same_text = same_expression(before.create, after.create) && before.body == after.body;
  if (same_text && before.definer == after.definer) return true;
  if (before.kind == "domain" && after.kind == "domain") return domain_base(before.create) == domain_base(after.create);
  return after.replaces && before.shape == after.shape;
}

std::string called_name(const Definition& definition) {
  std::string_view own = own_part(definition);
  if (nameless(definition.kind)) return std::string(own);
  own = own.substr(0, own.find('('));
  own = own.substr(0, own.find(" USING "));  // an operator class of an access method
  std::string last;
  for (const auto& token : sql_tokens(own)) {
    if (token.kind == TokenKind::word || token.kind == TokenKind::quoted) last = token_name(token);
  }
  while (own.ends_with(' ')) own.remove_suffix(1);  // an operator: signs alone
  return last.empty() ? std::string(own) : last;
}

QName definition_name(std::string_view kind, std::string_view own, const QName& on) {
  std::string name(kind);
  name += ' ';
  name += own;
  if (!on.empty()) name += " on " + display(on);
  return {"", std::move(name)};
}

namespace {

// Where the name of a definition says the column that it is about: in "SELECT of total to app", "of total".
struct ColumnPart {
  std::size_t begin = 0, end = 0;  // in own_part
};

std::optional<ColumnPart> column_part(const Definition& definition) {
  const auto own = own_part(definition);
  const auto& kind = definition.kind;
  if (kind.starts_with("column ") || kind == "statistics target" || kind == "not null") {
    return own.starts_with("of ") ? std::optional(ColumnPart{3, own.size()}) : std::nullopt;
  }
  const auto of = kind == "grant" ? own.find(" of ") : std::string_view::npos;
  const auto to = of == std::string_view::npos ? of : own.find(" to ", of);
  return to == std::string_view::npos ? std::nullopt : std::optional(ColumnPart{of + 4, to});
}

void follow_in_name(Definition& definition, const std::string& from, const std::string& to) {
  const auto part = column_part(definition);
  std::string own(own_part(definition));
  if (!part || parse_qname(std::string_view(own).substr(part->begin, part->end - part->begin)).name != from) return;
  own.replace(part->begin, part->end - part->begin, quote_where_needed(to));
  definition.name = definition_name(definition.kind, own, definition.on);
}

}  // namespace

bool goes_with_column(const Definition& definition, const QName& table, const std::string& column) {
  if (definition.on != table) return false;
  const std::string called = called_name(definition);
  if (definition.kind.starts_with("column ") || definition.kind == "statistics target" ||
      definition.kind == "not null") {
    return called.starts_with("of ") && parse_qname(called.substr(3)).name == column;
  }
  if (definition.kind != "grant") return false;
  std::vector<Token> listed;
  int lists = 0;
  for (const auto& token : sql_tokens(definition.create)) {
    if (token.text == "(") ++lists;
    if (lists > 0 && token.text == ")") break;
    if (lists > 0 && (token.kind == TokenKind::word || token.kind == TokenKind::quoted)) listed.push_back(token);
  }
  const auto open = std::ranges::count(definition.create, '(');
  return open == 1 && listed.size() == 1 && token_names(listed.front(), column);
}

bool body_follows(const Definition& definition) { return definition.kind == "trigger" || definition.kind == "rule"; }

bool names_in_statement(const Definition& definition, const std::string& name) {
  return names_object(definition.create, name) || (body_follows(definition) && names_object(definition.body, name));
}

namespace {

// A routine is told by the types of its arguments, which tables are as well.
void follow_types(Definition& routine, const QName& from, const QName& to) {
  routine.shape = rename_identifier(routine.shape, from.name, to.name);
  const auto open = routine.name.name.find('(');
  if (open == std::string::npos) return;
  const std::string arguments = routine.name.name.substr(open);
  const sql::Significant tokens(arguments);
  routine.name.name =
      routine.name.name.substr(0, open) + sql::rename_where(tokens, arguments, to.name, [&](std::size_t i) {
        const bool type = tokens.is(i + 1, ",") || tokens.is(i + 1, ")") || tokens.is(i + 1, "[");
        return type && sql::is_name(tokens[i]) && token_names(tokens[i], from.name);
      });
}

}  // namespace

bool speaks_in_statements(const Definition& one) {
  return body_follows(one) || one.kind == "policy" || one.kind == "function" || one.kind == "procedure" ||
         one.kind == "event";
}

namespace {

// A policy says the columns of its own table by their names alone.
sql::About about(const Definition& one) { return {one.on, one.kind == "policy"}; }

// Calls `change` with the statements of such a definition, as far as they follow renames; gives the first thing that is unclear.
template <class Change>
std::string each_statement(Definition& one, Change change) {
  std::string unclear;
  for (auto* text : {&one.create, &one.body}) {
    if (text == &one.body && !body_follows(one)) continue;
    RenamedText renamed = change(*text);
    *text = std::move(renamed.text);
    if (unclear.empty()) unclear = std::move(renamed.unclear);
  }
  return unclear;
}

}  // namespace

std::string rename_table(Definition& definition, const QName& from, const QName& to, const HasColumn& has) {
  if (definition.kind == "publication") {
    for (auto& part : definition.parts) rename_table(part, from, to);
    return {};
  }
  const bool own = definition.on == from;
  if (!own && !names_anywhere(definition, from.name)) return {};
  const auto spoken = about(definition);
  if (own) {
    const std::string called(own_part(definition));
    definition.on = to;
    definition.name = definition_name(definition.kind, called, to);
  }
  if (from == to) return {};
  std::string unclear;
  if (speaks_in_statements(definition)) {
    unclear = each_statement(definition,
                             [&](const std::string& text) { return sql::rename_table(text, spoken, from, to, has); });
  }
  each_text(definition, [&](std::string& text) {
    if (from.schema != to.schema && own) text = rename_table_in_query(text, from, to);
    if (from.name != to.name) text = rename_identifier(text, from.name, to.name);
  });
  if (definition.kind == "function" || definition.kind == "procedure") follow_types(definition, from, to);
  return unclear;
}

std::string rename_column(Definition& definition, const QName& table, const std::string& from, const std::string& to,
                          const HasColumn& has) {
  if (definition.kind == "owner") return {};  // it names no column
  if (definition.kind == "publication") {
    for (auto& part : definition.parts) rename_column(part, table, from, to);
    return {};
  }
  if (definition.on != table && !names_in_statement(definition, table.name)) return {};
  if (speaks_in_statements(definition)) {
    return each_statement(definition, [&](const std::string& text) {
      return sql::rename_column(text, about(definition), table, from, to, sql::Results::where_read, has);
    });
  }
  each_text(definition, [&](std::string& text) { text = rename_column_in_definition(text, from, to); });
  if (definition.on == table) follow_in_name(definition, from, to);
  return {};
}

}  // namespace forge
