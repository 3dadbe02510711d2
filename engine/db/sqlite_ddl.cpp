#include "engine/db/sqlite_ddl.hpp"

#include <algorithm>
#include <array>

#include "engine/db/sqlite_tokens.hpp"

namespace forge::sqlite {
namespace {

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n\f");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n\f") - first + 1));
}

// Walks the tokens of one statement.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text), tokens_(tokens_of(text)) {}

  const Token& peek(std::size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  bool done() const { return peek().kind == Kind::end; }
  const Token& take() {
    const Token& token = peek();
    if (!done()) ++at_;
    return token;
  }
  bool take_if(std::string_view word) {
    if (!peek().is(word)) return false;
    take();
    return true;
  }
  bool take_if(char punctuation) {
    if (!peek().is(punctuation)) return false;
    take();
    return true;
  }
  // A name, or schema.name of which the last part counts.
  std::string take_name() {
    std::string name = take().name();
    while (peek().is('.')) {
      take();
      name = take().name();
    }
    return name;
  }
  // What stands between a parenthesis, which comes next, and the one that closes it.
  std::string take_parenthesised() {
    const auto from = peek().end();
    const auto close = skip_parenthesised();
    return trimmed(text_.substr(from, close - from));
  }
  // Moves behind the closing parenthesis, and says where that stands.
  std::size_t skip_parenthesised() {
    int depth = 0;
    while (!done()) {
      const Token& token = take();
      if (token.is('(')) ++depth;
      if (token.is(')') && --depth == 0) return token.at;
    }
    return text_.size();
  }
  std::string_view text_from(std::size_t from, std::size_t to) const { return text_.substr(from, to - from); }
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
};

constexpr std::array<std::string_view, 11> kConstraintWords = {
    "CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE", "AS", "GENERATED", "REFERENCES"};

bool begins_constraint(const Token& token) {
  return std::ranges::any_of(kConstraintWords, [&](auto word) { return token.is(word); }) || token.is("DEFERRABLE");
}

bool begins_table_constraint(const Token& token) {
  return token.is("CONSTRAINT") || token.is("PRIMARY") || token.is("UNIQUE") || token.is("CHECK") ||
         token.is("FOREIGN");
}

// One element of an index or key: a column or an expression, its collation and direction.
IndexPart take_part(Cursor& cursor) {
  IndexPart part;
  const Token first = cursor.peek();
  const bool plain = first.kind == Kind::word || first.kind == Kind::quoted || first.kind == Kind::string;
  const Token& second = cursor.peek(1);
  const bool alone = second.is(',') || second.is(')') || second.is("COLLATE") || second.is("ASC") || second.is("DESC");
  if (plain && alone) {
    part.column = cursor.take().name();
  } else {
    const auto from = first.at;
    auto to = from;
    int depth = 0;
    while (!cursor.done()) {
      const Token& token = cursor.peek();
      const bool ends = token.is(',') || token.is(')') || token.is("ASC") || token.is("DESC") || token.is("COLLATE");
      if (depth == 0 && ends) break;
      if (token.is('(')) ++depth;
      if (token.is(')')) --depth;
      to = token.end();
      cursor.take();
    }
    part.expr = trimmed(cursor.text_from(from, to));
  }
  if (cursor.take_if("COLLATE")) part.collation = cursor.take().name();
  if (cursor.take_if("DESC")) part.desc = true;
  cursor.take_if("ASC");
  return part;
}

// Takes off parentheses that hold the whole expression.
std::string without_outer_parentheses(std::string expr) {
  while (expr.starts_with('(') && expr.ends_with(')')) {
    Cursor cursor(expr);
    if (cursor.skip_parenthesised() + 1 != expr.size()) break;
    expr = trimmed(std::string_view(expr).substr(1, expr.size() - 2));
  }
  return expr;
}

std::vector<IndexPart> take_parts(Cursor& cursor) {
  std::vector<IndexPart> parts;
  if (!cursor.take_if('(')) return parts;
  while (!cursor.done() && !cursor.take_if(')')) {
    parts.push_back(take_part(cursor));
    parts.back().expr = without_outer_parentheses(parts.back().expr);
    // Something that no rule above knows: go on behind it.
    if (!cursor.take_if(',') && !cursor.peek().is(')')) cursor.take();
  }
  return parts;
}

std::vector<std::string> take_names(Cursor& cursor) {
  std::vector<std::string> names;
  if (!cursor.take_if('(')) return names;
  while (!cursor.done() && !cursor.take_if(')')) {
    names.push_back(cursor.take().name());
    cursor.take_if(',');
  }
  return names;
}

std::string take_action(Cursor& cursor) {
  const Token first = cursor.take();
  if (first.is("SET")) return cursor.take().is("NULL") ? "set null" : "set default";
  if (first.is("NO")) {
    cursor.take();
    return {};
  }
  return lower(first.text);
}

// [NOT] DEFERRABLE [INITIALLY …]; SQLite treats DEFERRABLE alone as INITIALLY IMMEDIATE.
bool take_deferrable(Cursor& cursor, ForeignKey& fk) {
  const bool negated = cursor.peek().is("NOT") && cursor.peek(1).is("DEFERRABLE");
  if (!negated && !cursor.peek().is("DEFERRABLE")) return false;
  if (negated) cursor.take();
  cursor.take();
  fk.deferrable = !negated;
  if (cursor.take_if("INITIALLY")) fk.deferred = cursor.take().is("DEFERRED") && !negated;
  return true;
}

// What follows REFERENCES.
void take_reference(Cursor& cursor, ForeignKey& fk) {
  fk.ref.name = cursor.take_name();
  fk.ref_columns = take_names(cursor);
  while (true) {
    if (cursor.take_if("ON")) {
      const bool on_delete = cursor.take().is("DELETE");
      (on_delete ? fk.on_delete : fk.on_update) = take_action(cursor);
    } else if (cursor.take_if("MATCH")) {
      const std::string match = lower(cursor.take().text);
      fk.match = match == "full" ? "full" : "";
    } else if (!take_deferrable(cursor, fk)) {
      return;
    }
  }
}

void take_conflict(Cursor& cursor, TableText& table) {
  if (!cursor.peek().is("ON") || !cursor.peek(1).is("CONFLICT")) return;
  cursor.take();
  cursor.take();
  // ABORT is what SQLite does without the clause.
  if (!cursor.take().is("ABORT")) table.conflict_clauses = true;
}

// Reads one CREATE TABLE.
class TableReader {
 public:
  explicit TableReader(std::string_view text) : cursor_(text) {}

  TableText read() {
    while (!cursor_.done() && !cursor_.take_if('(')) cursor_.take();
    while (!cursor_.done() && !cursor_.take_if(')')) {
      if (begins_table_constraint(cursor_.peek())) {
        table_constraint();
      } else {
        column();
      }
      cursor_.take_if(',');
    }
    return std::move(table_);
  }

 private:
  std::string constraint_name() {
    std::string name;
    while (cursor_.take_if("CONSTRAINT")) name = cursor_.take().name();
    return name;
  }

  void column() {
    ColumnText column;
    column.name = cursor_.take().name();
    column.type = type_text();
    table_.columns.push_back(column);
    while (!cursor_.done() && !cursor_.peek().is(',') && !cursor_.peek().is(')')) column_constraint();
  }

  // A type is words, and one pair of parentheses.
  std::string type_text() {
    const auto from = cursor_.peek().at;
    auto to = from;
    while (!cursor_.done()) {
      const Token& token = cursor_.peek();
      if (token.is(',') || token.is(')') || begins_constraint(token)) break;
      if (token.is('(')) {
        to = cursor_.skip_parenthesised() + 1;
        continue;
      }
      to = token.end();
      cursor_.take();
    }
    return trimmed(cursor_.text_from(from, std::min(to, cursor_.text().size())));
  }

  void column_constraint() {
    const std::string name = constraint_name();
    ColumnText& column = table_.columns.back();
    if (cursor_.take_if("PRIMARY")) return column_key(name, column.name);
    if (cursor_.take_if("UNIQUE")) {
      table_.uniques.push_back({name, {IndexPart{.column = column.name}}, false, true});
      return take_conflict(cursor_, table_);
    }
    if (cursor_.take_if("CHECK")) {
      table_.checks.push_back({.name = name, .expr = cursor_.take_parenthesised()});
      return take_conflict(cursor_, table_);
    }
    if (cursor_.take_if("REFERENCES")) {
      table_.foreign_keys.push_back({.name = name, .columns = {column.name}});
      return take_reference(cursor_, table_.foreign_keys.back());
    }
    if (cursor_.take_if("COLLATE")) {
      column.collation = cursor_.take().name();
      return;
    }
    if (cursor_.peek().is("GENERATED") || cursor_.peek().is("AS")) return generated(column);
    plain_constraint();
  }

  void column_key(const std::string& name, const std::string& column) {
    KeyText key{name, {IndexPart{.column = column}}, false, true};
    cursor_.take_if("KEY");
    key.parts[0].desc = cursor_.take_if("DESC");
    cursor_.take_if("ASC");
    take_conflict(cursor_, table_);
    key.autoincrement = cursor_.take_if("AUTOINCREMENT");
    table_.primary_key = std::move(key);
  }

  void generated(ColumnText& column) {
    cursor_.take_if("GENERATED");
    cursor_.take_if("ALWAYS");
    cursor_.take_if("AS");
    Generated made;
    made.expr = cursor_.take_parenthesised();
    made.stored = cursor_.take_if("STORED");
    cursor_.take_if("VIRTUAL");
    column.generated = std::move(made);
  }

  // NOT NULL, NULL and DEFAULT, which the pragma tells of, and a DEFERRABLE apart from its reference.
  void plain_constraint() {
    if (!table_.foreign_keys.empty() && take_deferrable(cursor_, table_.foreign_keys.back())) return;
    if (cursor_.take_if("DEFAULT")) {
      if (cursor_.peek().is('(')) {
        cursor_.skip_parenthesised();
        return;
      }
      if (cursor_.peek().is('-') || cursor_.peek().is('+')) cursor_.take();
      cursor_.take();
      return;
    }
    cursor_.take();
    cursor_.take_if("NULL");
    take_conflict(cursor_, table_);
  }

  void table_constraint() {
    const std::string name = constraint_name();
    if (cursor_.take_if("PRIMARY")) {
      cursor_.take_if("KEY");
      table_.primary_key = KeyText{name, take_parts(cursor_), false, false};
    } else if (cursor_.take_if("UNIQUE")) {
      table_.uniques.push_back({name, take_parts(cursor_), false, false});
    } else if (cursor_.take_if("CHECK")) {
      table_.checks.push_back({.name = name, .expr = cursor_.take_parenthesised()});
    } else if (cursor_.take_if("FOREIGN")) {
      cursor_.take_if("KEY");
      table_.foreign_keys.push_back({.name = name, .columns = take_names(cursor_)});
      if (cursor_.take_if("REFERENCES")) take_reference(cursor_, table_.foreign_keys.back());
    }
    take_conflict(cursor_, table_);
  }

  Cursor cursor_;
  TableText table_;
};

bool is_keyword_value(const Token& token) {
  return token.is("CURRENT_TIMESTAMP") || token.is("CURRENT_DATE") || token.is("CURRENT_TIME");
}

Expr single_token_default(const Token& token) {
  if (token.is("TRUE") || token.is("FALSE")) return {Expr::Kind::boolean, lower(token.text)};
  if (is_keyword_value(token)) {
    std::string upper(token.text);
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return {Expr::Kind::sql, upper};
  }
  if (token.kind == Kind::number) return {Expr::Kind::number, std::string(token.text)};
  if (token.kind == Kind::string && token.text[0] != '\'') return {Expr::Kind::sql, std::string(token.text)};
  // A bare or double-quoted name is a text there.
  return {Expr::Kind::string, token.name()};
}

}  // namespace

TableText read_table_text(std::string_view text) { return TableReader(text).read(); }

IndexText read_index_text(std::string_view text) {
  Cursor cursor(text);
  IndexText index;
  while (!cursor.done() && !cursor.take_if("ON")) cursor.take();
  cursor.take_name();
  index.parts = take_parts(cursor);
  if (cursor.take_if("WHERE")) index.where = trimmed(cursor.text_from(cursor.peek().at, text.size()));
  return index;
}

ViewText read_view_text(std::string_view text) {
  Cursor cursor(text);
  ViewText view;
  while (!cursor.done() && !cursor.take_if("VIEW")) cursor.take();
  if (cursor.take_if("IF")) {
    cursor.take_if("NOT");
    cursor.take_if("EXISTS");
  }
  cursor.take_name();
  view.columns = take_names(cursor);
  cursor.take_if("AS");
  view.query = trimmed(cursor.text_from(cursor.peek().at, text.size()));
  while (view.query.ends_with(';')) view.query = trimmed(view.query.substr(0, view.query.size() - 1));
  return view;
}

std::optional<Expr> read_default(std::string_view text) {
  const std::string bare = without_outer_parentheses(trimmed(text));
  const auto tokens = tokens_of(bare);
  const std::size_t count = tokens.size() - 1;
  if (count == 0 || (count == 1 && tokens[0].is("NULL"))) return std::nullopt;
  if (count == 1) return single_token_default(tokens[0]);
  const bool sign = tokens[0].is('-') || tokens[0].is('+');
  if (count == 2 && sign && tokens[1].kind == Kind::number) {
    return Expr{Expr::Kind::number, (tokens[0].is('-') ? "-" : "") + std::string(tokens[1].text)};
  }
  return Expr{Expr::Kind::sql, bare};
}

std::vector<std::string> names_in(std::string_view text) {
  std::vector<std::string> names;
  for (const Token& token : tokens_of(text)) {
    if (token.kind == Kind::word || token.kind == Kind::quoted) names.push_back(lower(token.name()));
  }
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

}  // namespace forge::sqlite
