#include "engine/model/publication.hpp"

#include <algorithm>
#include <optional>

#include "engine/model/sql/scan.hpp"

namespace forge {
namespace {

using sql::Significant;

std::size_t begin_of(const Significant& tokens, std::string_view text, std::size_t i) {
  return static_cast<std::size_t>(tokens[i].text.data() - text.data());
}

// The tokens from `first` to the one before `end`, as the text has them.
std::string piece(const Significant& tokens, std::string_view text, std::size_t first, std::size_t end) {
  if (first >= end) return {};
  const auto begin = begin_of(tokens, text, first);
  return std::string(text.substr(begin, begin_of(tokens, text, end - 1) + tokens[end - 1].text.size() - begin));
}

// Where ADD TABLE [ONLY] name or DROP TABLE [ONLY] name has its name: from `first` on, up to before `end`.
struct NamePlace {
  std::size_t first, end;
};

std::optional<NamePlace> name_place(const Significant& tokens) {
  if (!tokens.is(0, "alter") || !tokens.is(1, "publication") || !tokens.is(4, "table")) return std::nullopt;
  const std::size_t first = tokens.is(5, "only") ? 6 : 5;
  if (first >= tokens.size() || !sql::is_name(tokens[first])) return std::nullopt;
  const bool qualified = tokens.is(first + 1, ".") && first + 2 < tokens.size();
  return NamePlace{first, qualified ? first + 3 : first + 1};
}

bool is_called(const Significant& tokens, const NamePlace& at, const QName& table) {
  if (!token_names(tokens[at.end - 1], table.name)) return false;
  const std::string_view in = table.schema.empty() ? std::string_view("public") : std::string_view(table.schema);
  return at.end - at.first == 1 ? table.schema.empty() : token_names(tokens[at.first], in);
}

std::string written(const QName& name) {
  return (name.schema.empty() ? "" : quote_where_needed(name.schema) + ".") + quote_where_needed(name.name);
}

// The statement with another name for its table, and with that where it qualifies a column.
std::string with_name(const std::string& statement, const QName& from, const QName& to) {
  const Significant tokens(statement);
  const auto at = name_place(tokens);
  if (!at) return statement;
  const auto begin = begin_of(tokens, statement, at->first);
  const auto name = piece(tokens, statement, at->first, at->end);
  const std::string rest = statement.substr(begin + name.size());
  const Significant behind(rest);
  const auto qualifies = [&](std::size_t i) {
    return sql::is_name(behind[i]) && behind.is(i + 1, ".") && token_names(behind[i], from.name);
  };
  return statement.substr(0, begin) + written(to) + sql::rename_where(behind, rest, to.name, qualifies);
}

// Reads the items behind FOR into parts of the publication.
class Splitter {
 public:
  Splitter(const Definition& one, const Significant& tokens) : one_(one), tokens_(tokens) {}

  // The token where WITH begins, or the end; nothing where an item is not understood.
  std::optional<std::size_t> read(std::size_t i, std::vector<DefinitionPart>& parts) {
    const std::string own = piece(tokens_, one_.create, 2, 3);
    for (;;) {
      i = behind_word(i);
      const auto end = end_of_item(i);
      if (word_.empty() || end == i) return std::nullopt;
      parts.push_back(part(own, i, end));
      if (!tokens_.is(end, ","))
        return end == tokens_.size() || tokens_.is(end, "with") ? std::optional(end) : std::nullopt;
      i = end + 1;
    }
  }

 private:
  // The word that says what the items are stands before the first of them.
  std::size_t behind_word(std::size_t i) {
    if (tokens_.is(i, "table")) return word_ = "TABLE", i + 1;
    if (tokens_.is(i, "tables") && tokens_.is(i + 1, "in") && tokens_.is(i + 2, "schema"))
      return word_ = "TABLES IN SCHEMA", i + 3;
    return i;
  }
  std::size_t end_of_item(std::size_t i) const {
    int depth = 0;
    for (; i < tokens_.size(); ++i) {
      if (depth == 0 && (tokens_.is(i, ",") || tokens_.is(i, "with"))) break;
      if (tokens_.is(i, "(")) ++depth;
      if (tokens_.is(i, ")")) --depth;
    }
    return i;
  }
  DefinitionPart part(const std::string& own, std::size_t first, std::size_t end) const {
    const std::string head = "ALTER PUBLICATION " + own;
    DefinitionPart out{"", head + " ADD " + word_ + " " + piece(tokens_, one_.create, first, end), ""};
    if (word_ != "TABLE") {
      const std::string name = piece(tokens_, one_.create, first, end);
      return {"schema " + name, out.make, head + " DROP " + word_ + " " + name};
    }
    const Significant made(out.make);
    const auto at = name_place(made);
    const std::string name = at ? piece(made, out.make, at->first, at->end) : "";
    const std::string only = at && at->first == 6 ? "ONLY " : "";
    return {"table " + name, out.make, head + " DROP TABLE " + only + name};
  }

  const Definition& one_;
  const Significant& tokens_;
  std::string word_;
};

}  // namespace

void split_publication(Definition& definition) {
  if (definition.kind != "publication") return;
  const Significant tokens(definition.create);
  if (!tokens.is(0, "create") || !tokens.is(1, "publication") || !tokens.is(3, "for")) return;
  std::vector<DefinitionPart> parts;
  const auto with = Splitter(definition, tokens).read(4, parts);
  if (!with) return;
  std::string create = piece(tokens, definition.create, 0, 3);
  if (*with < tokens.size()) create += " " + piece(tokens, definition.create, *with, tokens.size());
  definition.create = std::move(create);
  definition.parts.insert(definition.parts.begin(), parts.begin(), parts.end());
}

std::optional<QName> published_table(const DefinitionPart& part) {
  const Significant tokens(part.make);
  const auto at = name_place(tokens);
  if (!at) return std::nullopt;
  const std::string in = at->end - at->first == 1 ? "" : token_name(tokens[at->first]);
  return QName{in == "public" ? "" : in, token_name(tokens[at->end - 1])};
}

bool publishes(const DefinitionPart& part, const QName& table) {
  const Significant tokens(part.make);
  const auto at = name_place(tokens);
  return at && is_called(tokens, *at, table);
}

bool publishes_column(const DefinitionPart& part, std::string_view column) {
  const Significant tokens(part.make);
  const auto at = name_place(tokens);
  if (!at) return false;
  for (std::size_t i = at->end; i < tokens.size(); ++i) {
    if (sql::is_name(tokens[i]) && token_names(tokens[i], column) && !tokens.is_call(i)) return true;
  }
  return false;
}

std::string sorted_columns(std::string_view make) {
  const Significant tokens(make);
  const auto at = name_place(tokens);
  if (!at || !tokens.is(at->end, "(")) return std::string(make);
  std::vector<std::string> columns;
  std::size_t i = at->end + 1;
  for (; i < tokens.size() && !tokens.is(i, ")"); ++i) {
    if (sql::is_name(tokens[i])) columns.push_back(quote_where_needed(token_name(tokens[i])));
  }
  std::ranges::sort(columns);
  std::string list;
  for (const auto& column : columns) list += (list.empty() ? "" : ", ") + column;
  return piece(tokens, make, 0, at->end) + " (" + list + piece(tokens, make, i, tokens.size());
}

void rename_table(DefinitionPart& part, const QName& from, const QName& to) {
  if (!publishes(part, from)) return;
  part.make = with_name(part.make, from, to);
  part.undo = with_name(part.undo, from, to);
  part.key = "table " + written(to);
}

void rename_column(DefinitionPart& part, const QName& table, const std::string& from, const std::string& to) {
  if (!publishes(part, table)) return;
  const Significant tokens(part.make);
  const auto at = name_place(tokens);
  part.make = sql::rename_where(tokens, part.make, to, [&](std::size_t i) {
    const bool column = i >= at->end && sql::is_name(tokens[i]) && token_names(tokens[i], from);
    return column && !tokens.is_call(i) && !tokens.is_keyword(i) && !tokens.is(i + 1, ".");
  });
}

}  // namespace forge
