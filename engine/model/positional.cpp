#include "engine/model/positional.hpp"

#include <algorithm>
#include <initializer_list>
#include <vector>

#include "engine/base/letters.hpp"
#include "engine/model/sql_scan.hpp"

namespace forge {
namespace {

// Tokens without space and comments, with what stands between dollar quotes in place of it.
class Text {
 public:
  void add(std::string_view text) {
    for (const auto& token : sql_tokens(text)) {
      if (token.kind == TokenKind::space || token.kind == TokenKind::comment) continue;
      const auto tag = token.text.starts_with('$') ? token.text.find('$', 1) : std::string_view::npos;
      if (token.kind != TokenKind::string || tag == std::string_view::npos || token.text.size() < 2 * (tag + 1)) {
        tokens_.push_back(token);
      } else {
        add(token.text.substr(tag + 1, token.text.size() - 2 * (tag + 1)));
      }
    }
  }

  std::size_t size() const { return tokens_.size(); }
  bool is(std::size_t i, std::string_view text) const {
    return i < size() && tokens_[i].kind != TokenKind::quoted && sql::same_word(tokens_[i].text, text);
  }
  bool is_any(std::size_t i, std::initializer_list<std::string_view> texts) const {
    return std::ranges::any_of(texts, [&](auto text) { return is(i, text); });
  }
  bool is_name(std::size_t i) const { return i < size() && sql::is_name(tokens_[i]); }
  bool is_plain_name(std::size_t i) const {
    return is_name(i) && (tokens_[i].kind == TokenKind::quoted || !sql::is_reserved(tokens_[i].text));
  }
  std::string name(std::size_t i) const { return folded(token_name(tokens_[i])); }
  bool joins_arms(std::size_t i) const { return is_any(i, {"union", "intersect", "except", "minus"}); }

  // Behind what stands in the parentheses that open at `i`.
  std::size_t behind_parentheses(std::size_t i) const {
    int depth = 0;
    for (; i < size(); ++i) {
      if (is(i, "(")) ++depth;
      if (is(i, ")") && --depth == 0) return i + 1;
    }
    return size();
  }

  // The first of the tokens from `from` on that ends what they begin: `;`, a parenthesis that closes more than they open, or an arm.
  std::size_t end_of(std::size_t from, bool at_arms) const {
    for (std::size_t i = from; i < size();) {
      if (is_any(i, {")", ";"}) || (at_arms && joins_arms(i))) return i;
      i = is(i, "(") ? behind_parentheses(i) : i + 1;
    }
    return size();
  }

 private:
  std::vector<Token> tokens_;
};

// What one SELECT says by stars.
struct Stars {
  bool row = false, inner = false;  // `inner`: of a query in FROM
  std::set<std::string> tables;
};

struct Source {
  std::string called, table;  // table: "" is a query or a function
};

// What stands behind FROM and each JOIN or comma, between `from` and `end`.
std::vector<Source> sources_of(const Text& text, std::size_t from, std::size_t end) {
  std::vector<Source> out;
  bool expected = false;
  for (std::size_t i = from; i < end;) {
    if (text.is_any(i, {"where", "group", "having", "order", "limit", "window"})) break;
    if (text.is_any(i, {"from", "join", ","})) {
      expected = true;
      ++i;
    } else if (expected && text.is_any(i, {"only", "lateral"})) {
      ++i;
    } else if (expected) {
      expected = false;
      Source source;
      if (text.is(i, "(")) {
        i = text.behind_parentheses(i);
      } else {
        while (text.is(i + 1, ".") && i + 2 < end) i += 2;
        if (text.is_name(i)) source.called = source.table = text.name(i);
        if (text.is(++i, "(")) {
          source.table.clear();
          i = text.behind_parentheses(i);
        }
      }
      if (text.is(i, "as")) ++i;
      if (i < end && text.is_plain_name(i)) source.called = text.name(i++);
      out.push_back(std::move(source));
    } else {
      i = text.is(i, "(") ? text.behind_parentheses(i) : i + 1;
    }
  }
  return out;
}

// The star at `i` of what begins at `first`, as whole item of a list: "" is all, else the name in front of it.
bool is_whole_star(const Text& text, std::size_t first, std::size_t end, std::string& of) {
  const bool ends = end > first && text.is(end - 1, "*");
  if (!ends) return false;
  of.clear();
  if (end - first == 1) return true;
  if (!text.is(end - 2, ".")) return false;
  // (NEW).*
  const std::size_t at = text.is(end - 3, ")") ? end - 4 : end - 3;
  if (at >= first && text.is_name(at)) of = text.name(at);
  return !of.empty();
}

// The SELECT at `select`, which ends before `end`.
Stars stars_at(const Text& text, std::size_t select, std::size_t end) {
  Stars out;
  std::vector<std::string> said;
  std::size_t i = select + 1, first = i;
  for (bool list = true; list; ++i) {
    while (text.is(i, "(")) i = text.behind_parentheses(i);
    list = i < end && !text.is_any(i, {"from", "into", "where"});
    if (text.is_any(i, {"distinct", "all"}) && i == first) ++first;
    if (list && !text.is(i, ",")) continue;
    std::string of;
    if (is_whole_star(text, first, std::min(i, end), of)) said.push_back(of);
    first = i + 1;
    if (!list) break;
  }
  const auto sources = sources_of(text, i, end);
  for (const auto& of : said) {
    out.row = out.row || of == "new" || of == "old";
    for (const auto& source : sources) {
      if (!of.empty() && of != source.called) continue;
      out.inner = out.inner || source.table.empty();
      if (!source.table.empty()) out.tables.insert(source.table);
    }
  }
  return out;
}

// Is what stands in these parentheses worked out to one value, or to yes and no?
bool is_value(const Text& text, std::size_t open) {
  if (open == 0) return false;
  if (text.is_any(open - 1, {"values", "value", "select", "from", "join", "as", "all", "union", "intersect", "except",
                             "(", ",", "lateral", ";", "distinct", "only", "materialized"}))
    return false;
  return text.is_name(open - 1) || text.is_any(open - 1, {"=", "<", ">", "<>", "+", "-"});
}

// VALUES (1, NEW.*)
bool row_in_values(const Text& text, std::size_t open) {
  const std::size_t end = text.behind_parentheses(open) - 1;
  std::size_t first = open + 1;
  for (std::size_t i = first; i <= end; ++i) {
    while (i < end && text.is(i, "(") && i != first) i = text.behind_parentheses(i);
    if (i < end && !text.is(i, ",")) continue;
    std::string of;
    if (is_whole_star(text, first, i, of) && (of == "new" || of == "old")) return true;
    first = i + 1;
  }
  return false;
}

// What gives an INSERT its rows, from `from` to `end`.
void read_rows(const Text& text, std::size_t from, std::size_t end, Positional& out) {
  for (std::size_t i = from; i < end; ++i) {
    if (i > from && text.is(i, "(") && is_value(text, i)) {
      i = text.behind_parentheses(i) - 1;
    } else if (text.is_any(i, {"values", "value", ","}) && text.is(i + 1, "(")) {
      out.row = out.row || row_in_values(text, i + 1);
    } else if (text.is(i, "select")) {
      const auto stars = stars_at(text, i, std::min(end, text.end_of(i, true)));
      out.row = out.row || stars.row;
      out.read.insert(stars.tables.begin(), stars.tables.end());
    }
  }
}

// The INSERT whose INTO stands at `into`.
void read_insert(const Text& text, std::size_t into, Positional& out) {
  std::size_t at = into + 1;
  while (text.is(at + 1, ".")) at += 2;
  if (!text.is_name(at)) return;
  const auto table = text.name(at++);
  if (text.is(at, "as")) at += 2;
  const bool listed = text.is(at, "(") && !text.is_any(at + 1, {"select", "with", "values", "("});
  if (!listed && !text.is_any(at, {"default", "set", "partition"})) out.written.insert(table);
  if (listed) at = text.behind_parentheses(at);
  read_rows(text, at, text.end_of(at, false), out);
}

struct Select {
  std::size_t at, end;
  bool arm;
};

// Every SELECT of a query; one in parentheses is an arm, too, if UNION stands beside them.
std::vector<Select> selects_of(const Text& text) {
  std::vector<Select> out;
  std::vector<std::size_t> open;  // the parentheses around
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.is(i, "(")) open.push_back(i);
    if (text.is(i, ")") && !open.empty()) open.pop_back();
    if (!text.is(i, "select")) continue;
    const auto end = text.end_of(i, true);
    const auto joined = [&](std::size_t k) {
      return k > 0 &&
             (text.joins_arms(k - 1) || (text.is_any(k - 1, {"all", "distinct"}) && k > 1 && text.joins_arms(k - 2)));
    };
    bool arm = joined(i) || text.joins_arms(end);
    std::size_t begin = i;
    for (auto around = open.rbegin(); !arm && around != open.rend() && *around + 1 == begin; ++around) {
      begin = *around;
      arm = joined(begin) || text.joins_arms(text.behind_parentheses(begin));
    }
    out.push_back({i, end, arm});
  }
  return out;
}

// The names behind WITH, as far as tokens tell: name AS (
std::set<std::string> named_queries(const Text& text) {
  std::set<std::string> out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool as = text.is(i + 1, "as") && (text.is(i + 2, "(") || text.is(i + 2, "materialized"));
    if (as && text.is_name(i)) out.insert(text.name(i));
  }
  return out;
}

}  // namespace

Positional positional_of(const Definition& definition) {
  Text text;
  text.add(definition.create);
  text.add(definition.body);
  Positional out;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const bool insert = text.is_any(i - 1, {"insert", "replace", "ignore", "abort", "fail", "rollback"});
    if (insert && text.is(i, "into")) read_insert(text, i, out);
  }
  return out;
}

std::set<std::string> stars_in_arms(std::string_view query) {
  Text text;
  text.add(query);
  const auto named = named_queries(text);
  std::set<std::string> out;
  bool inner = false;
  for (const auto& select : selects_of(text)) {
    if (!select.arm) continue;
    const auto stars = stars_at(text, select.at, select.end);
    out.insert(stars.tables.begin(), stars.tables.end());
    inner =
        inner || stars.inner || std::ranges::any_of(stars.tables, [&](const auto& one) { return named.contains(one); });
  }
  return inner ? stars_of(query) : out;
}

std::set<std::string> stars_of(std::string_view query) {
  Text text;
  text.add(query);
  std::set<std::string> out;
  for (const auto& select : selects_of(text)) {
    const auto stars = stars_at(text, select.at, select.end);
    out.insert(stars.tables.begin(), stars.tables.end());
  }
  return out;
}

}  // namespace forge
