#include "engine/model/sql/renaming.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/model/sql/rewrite.hpp"

namespace forge {
namespace sql {
namespace {

// A text under a rename.
struct Pass {
  Pass(std::string_view text, const About& about, const HasColumn& has)
      : statements(text, about), meaning(statements, has), tokens(statements.tokens()), rewrite(tokens, text) {
    if (!statements.whole()) out.unclear = "its queries are nested too deeply to be read";
  }

  void note(std::string why) {
    if (out.unclear.empty()) out.unclear = std::move(why);
  }
  RenamedText done() {
    out.text = rewrite.text();
    return std::move(out);
  }

  const Statements statements;
  const Meaning meaning;
  const Significant& tokens;
  Rewrite rewrite;
  RenamedText out;
};

// The item of its SELECT that is, or would be without another name, called by the column at `i`; nullptr where there is none.
const Item* item_of(const Statements& text, std::size_t i) {
  for (const auto& item : text.scope_of(i).items) {
    if (item.column == i) return &item;
  }
  return nullptr;
}

void keep_result(Rewrite& rewrite, const Item& item, std::string_view from, std::string_view to) {
  if (item.alias == kNone) {
    rewrite.append(item.last - 1, fmt::format(" AS {}", quote_where_needed(from, rewrite.quote())));
  } else if (item.name == to && item.alias == item.last + 1) {  // behind AS
    rewrite.remove(item.last, item.alias);
  }
}

// Is the table read under names for its columns that go by their places, as in orders AS o (a, b)?
bool lists_columns(const Pass& pass, const QName& table) {
  return std::ranges::any_of(pass.statements.scopes(), [&](const Scope& scope) {
    return std::ranges::any_of(
        scope.sources, [&](const Source& one) { return !one.listed.empty() && pass.meaning.is_table(one, table); });
  });
}

// Does a join go by all the names that its tables share, the renamed one's among them?
bool joins_naturally(const Pass& pass, const QName& table) {
  return std::ranges::any_of(pass.statements.scopes(), [&](const Scope& scope) {
    return scope.natural &&
           std::ranges::any_of(scope.sources, [&](const Source& one) { return pass.meaning.is_table(one, table); });
  });
}

}  // namespace

RenamedText rename_column(std::string_view text, const About& about, const QName& table, std::string_view from,
                          std::string_view to, Results results, const HasColumn& has) {
  Pass pass(text, about, has);
  const auto& statements = pass.statements;
  for (std::size_t i = 0; i < pass.tokens.size(); ++i) {
    if (pass.meaning.captured(i, table, from, to)) pass.note(fmt::format("{} would mean something else there", to));
    const auto means = pass.meaning.column(i, table, from);
    if (means == Means::no) continue;
    if (means == Means::unclear) {
      pass.note(statements.declares(pass.tokens[i])
                    ? fmt::format("it declares {} itself", from)
                    : fmt::format("something else that it reads may give {} as well", from));
    }
    if (statements.role(i) == Role::joining) pass.note(fmt::format("it joins by USING ({})", from));
    if (pass.meaning.another_column(i, table, to)) pass.note(fmt::format("{} would mean something else there", to));
    pass.rewrite.rename(i, to);
    const Item* item = item_of(statements, i);
    if (item && (results == Results::kept || statements.scope_of(i).kept)) keep_result(pass.rewrite, *item, from, to);
  }
  if (lists_columns(pass, table)) pass.note("it names the columns by their places");
  if (statements.top() == kNone && joins_naturally(pass, table)) pass.note("it joins by NATURAL");
  return pass.done();
}

RenamedText rename_table(std::string_view text, const About& about, const QName& from, const QName& to,
                         const HasColumn& has) {
  Pass pass(text, about, has);
  const auto& tokens = pass.tokens;
  auto& rewrite = pass.rewrite;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (pass.meaning.table(i, from) == Means::no) continue;
    if (pass.meaning.another_table(i, to.name)) pass.note(fmt::format("{} would mean something else there", to.name));
    rewrite.rename(i, to.name);
    if (from.schema == to.schema || pass.statements.role(i) != Role::table) continue;
    if (i > 0 && tokens.is(i - 1, ".")) {
      rewrite.put(i - 2, "");
      rewrite.put(i - 1, "");
    }
    if (to.schema.empty()) continue;
    rewrite.put(i, fmt::format("{}.{}", quote_where_needed(to.schema, rewrite.quote()),
                               quote_where_needed(to.name, rewrite.quote())));
  }
  return pass.done();
}

}  // namespace sql

std::string rename_column_in_query(std::string_view query, const QName& table, std::string_view from,
                                   std::string_view to, bool named_outside, const HasColumn& has) {
  const auto results = named_outside ? sql::Results::where_read : sql::Results::kept;
  return sql::rename_column(query, {}, table, from, to, results, has).text;
}

std::string rename_table_in_query(std::string_view query, const QName& from, const QName& to, const HasColumn& has) {
  return sql::rename_table(query, {}, from, to, has).text;
}

bool query_reads_column(std::string_view query, const QName& table, std::string_view column, const HasColumn& has) {
  const sql::Statements statements(query);
  const sql::Meaning meaning(statements, has);
  for (std::size_t i = 0; i < statements.tokens().size(); ++i) {
    if (meaning.column(i, table, column) != sql::Means::no) return true;
  }
  return false;
}

}  // namespace forge
