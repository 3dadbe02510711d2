// What a subquery of a backfill reads of other tables.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "engine/lua/spec_draft.hpp"
#include "engine/lua/spec_sql.hpp"
#include "engine/model/sql/text.hpp"

namespace forge::spec {
namespace {

// A token that is neither space nor comment, and where it stands.
struct Piece {
  Token token;
  std::size_t at = 0;
};

std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> out;
  std::size_t at = 0;
  for (const auto& token : sql_tokens(text)) {
    if (token.kind != TokenKind::space && token.kind != TokenKind::comment) out.push_back({token, at});
    at += token.text.size();
  }
  return out;
}

bool is_name(const Piece& piece) {
  return piece.token.kind == TokenKind::word || piece.token.kind == TokenKind::quoted;
}

// Words behind a table's name that are no alias of it.
constexpr std::array kNoAlias = {"where",  "on",        "join",        "inner",         "left",   "right",
                                 "full",   "cross",     "natural",     "group",         "order",  "having",
                                 "limit",  "offset",    "union",       "intersect",     "except", "fetch",
                                 "for",    "using",     "window",      "straight_join", "use",    "force",
                                 "ignore", "partition", "tablesample", "set",           "lateral"};

bool is_alias(const Piece& piece) {
  if (piece.token.kind == TokenKind::quoted) return true;
  return piece.token.kind == TokenKind::word &&
         std::ranges::none_of(kNoAlias, [&](const char* word) { return token_names(piece.token, word); });
}

// By alias, in lower case: the table of the schema that it stands for; null where two share it, or where none is known.
using Aliases = std::map<std::string, const Table*>;

class Reads {
 public:
  Reads(const Context& c, const Schema& schema, std::string_view text)
      : c_(c), schema_(schema), pieces_(pieces_of(text)) {
    for (std::size_t i = 0; i + 1 < pieces_.size(); ++i) {
      if (named(i, "from") || named(i, "join")) enter(i + 1);
      if (pieces_[i].token.text == ")") forget(i + 1);
      if (named(i, "with")) with_ = true;
    }
  }

  std::optional<UnknownRead> unknown() const {
    if (with_) return std::nullopt;  // it may name anything
    for (std::size_t i = 0; i + 2 < pieces_.size(); ++i) {
      if (!is_name(pieces_[i]) || !dot(i + 1) || !is_name(pieces_[i + 2])) continue;
      if ((i > 0 && dot(i - 1)) || dot(i + 3) || (i + 3 < pieces_.size() && pieces_[i + 3].token.text == "(")) continue;
      const auto found = aliases_.find(lower_case(token_name(pieces_[i].token)));
      if (found == aliases_.end() || found->second == nullptr) continue;
      const auto column = token_name(pieces_[i + 2].token);
      if (holds(*found->second, column)) continue;
      return UnknownRead{found->second, column, pieces_[i + 2].at, pieces_[i + 2].token.text.size()};
    }
    return std::nullopt;
  }

 private:
  bool named(std::size_t i, std::string_view word) const {
    return pieces_[i].token.kind == TokenKind::word && token_names(pieces_[i].token, word);
  }
  bool dot(std::size_t i) const { return i < pieces_.size() && pieces_[i].token.text == "."; }

  // The table whose name begins at `i`, and its alias behind it.
  void enter(std::size_t i) {
    if (!is_name(pieces_[i])) return;
    QName name{"", token_name(pieces_[i].token)};
    if (dot(i + 1) && i + 2 < pieces_.size()) {
      name = object_name(c_, display(QName{name.name, token_name(pieces_[i + 2].token)}));
      i += 2;
    }
    std::size_t next = i + 1;
    if (next < pieces_.size() && named(next, "as")) ++next;
    const bool aliased = next < pieces_.size() && is_alias(pieces_[next]);
    const auto key = lower_case(aliased ? token_name(pieces_[next].token) : name.name);
    const Table* table = schema_.table(name);
    const auto [at, fresh] = aliases_.emplace(key, table);
    if (!fresh && at->second != table) at->second = nullptr;
  }

  // What stands behind a bracket may be the alias of what it holds.
  void forget(std::size_t i) {
    if (named(i, "as") && i + 1 < pieces_.size()) ++i;
    if (is_name(pieces_[i])) aliases_[lower_case(token_name(pieces_[i].token))] = nullptr;
  }

  static bool holds(const Table& table, const std::string& column) {
    if (!table.options.inherits.empty() || !table.options.partition_bound.empty()) return true;
    constexpr std::array kSystem = {"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid", "rowid", "*"};
    if (std::ranges::find(kSystem, column) != kSystem.end()) return true;
    return std::ranges::any_of(table.columns,
                               [&](const Column& own) { return lower_case(own.name) == lower_case(column); });
  }

  const Context& c_;
  const Schema& schema_;
  std::vector<Piece> pieces_;
  Aliases aliases_;
  bool with_ = false;
};

}  // namespace

std::optional<UnknownRead> unknown_read(const Context& c, const Schema& schema, std::string_view text) {
  return Reads(c, schema, text).unknown();
}

}  // namespace forge::spec
