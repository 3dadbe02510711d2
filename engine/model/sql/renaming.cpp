#include "engine/model/sql/renaming.hpp"

#include <fmt/format.h>

#include "engine/model/sql/rewrite.hpp"

namespace forge {
namespace sql {
namespace {

void note(RenamedText& out, std::string why) {
  if (out.unclear.empty()) out.unclear = std::move(why);
}

// The item of its SELECT that is nothing but the column at `i`; nullptr where there is none.
const Item* bare_item(const Statements& text, std::size_t i) {
  for (const auto& item : text.scope_of(i).items) {
    if (item.bare && item.last == i + 1) return &item;
  }
  return nullptr;
}

void keep_result(Rewrite& rewrite, const Item& item, std::size_t i, std::string_view from, std::string_view to) {
  if (item.alias == kNone) {
    rewrite.append(i, fmt::format(" AS {}", quote_where_needed(from, rewrite.quote())));
  } else if (item.name == to && item.alias == i + 2) {  // behind AS
    rewrite.remove(i + 1, item.alias);
  }
}

}  // namespace

RenamedText rename_column(std::string_view text, const About& about, const QName& table, std::string_view from,
                          std::string_view to, Results results, const HasColumn& has) {
  const Statements statements(text, about);
  const Meaning meaning(statements, has);
  const auto& tokens = statements.tokens();
  Rewrite rewrite(tokens, text);
  RenamedText out;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto means = meaning.column(i, table, from);
    if (means == Means::no) continue;
    if (means == Means::unclear) {
      note(out, statements.declares(tokens[i]) ? fmt::format("it declares {} itself", from)
                                               : fmt::format("something else that it reads may give {} as well", from));
    }
    if (statements.role(i) == Role::joining) note(out, fmt::format("it joins by USING ({})", from));
    if (meaning.another_column(i, table, to)) note(out, fmt::format("{} would mean something else there", to));
    rewrite.rename(i, to);
    const Item* item = bare_item(statements, i);
    if (item && (results == Results::kept || statements.scope_of(i).kept)) keep_result(rewrite, *item, i, from, to);
  }
  out.text = rewrite.text();
  return out;
}

RenamedText rename_table(std::string_view text, const About& about, const QName& from, const QName& to,
                         const HasColumn& has) {
  const Statements statements(text, about);
  const Meaning meaning(statements, has);
  const auto& tokens = statements.tokens();
  Rewrite rewrite(tokens, text);
  RenamedText out;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (meaning.table(i, from) == Means::no) continue;
    if (meaning.another_table(i, to.name)) note(out, fmt::format("{} would mean something else there", to.name));
    rewrite.rename(i, to.name);
    if (from.schema == to.schema || statements.role(i) != Role::table) continue;
    if (i > 0 && tokens.is(i - 1, ".")) {
      rewrite.put(i - 2, "");
      rewrite.put(i - 1, "");
    }
    if (to.schema.empty()) continue;
    rewrite.put(i, fmt::format("{}.{}", quote_where_needed(to.schema, rewrite.quote()),
                               quote_where_needed(to.name, rewrite.quote())));
  }
  out.text = rewrite.text();
  return out;
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

std::string rename_column_in_trigger(std::string_view text, const QName& on, const QName& table, std::string_view from,
                                     std::string_view to, const HasColumn& has) {
  return sql::rename_column(text, {on, false}, table, from, to, sql::Results::where_read, has).text;
}

std::string rename_table_in_trigger(std::string_view text, const QName& from, const QName& to, const HasColumn& has) {
  return sql::rename_table(text, {}, from, to, has).text;
}

}  // namespace forge
