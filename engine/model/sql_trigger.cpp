// Renames inside the text of a trigger or rule: statements on several tables, in which one name may be a column of each.
#include <algorithm>
#include <array>

#include "engine/model/sql_scan.hpp"
#include "engine/model/sql_text.hpp"

namespace forge {

using sql::is_name;
using sql::Significant;

namespace {

template <std::size_t N>
bool is_one_of(const Significant& tokens, std::size_t i, const std::array<std::string_view, N>& words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return tokens.is(i, word); });
}

// What the name of a table may stand behind, where tables are named.
constexpr std::array<std::string_view, 10> kLeads = {"insert", "into", "from",         "join",   "update",
                                                     "only",   ",",    "low_priority", "ignore", "("};
// What ends a list of tables.
constexpr std::array<std::string_view, 13> kEnds = {"set",   "where",  "values", "value", "on",        "using", "group",
                                                    "order", "having", "limit",  "union", "returning", "when"};

// Reads the text once and tells for each token which statement or SELECT it stands in, and what of them names the table.
class Statements {
 public:
  Statements(const Significant& tokens, const QName& on, const QName& table) : tokens_(tokens), table_(table) {
    head_ = tokens_.is(0, "create");
    own_ = on == table;
    scopes_.push_back(head_ && own_);
    for (std::size_t i = 0; i < tokens_.size(); ++i) read(i);
  }

  // Is this token the column `name` of the table?
  bool column(std::size_t i, std::string_view name) const {
    if (!is_name(tokens_[i]) || !token_names(tokens_[i], name) || slots_[i]) return false;
    if (tokens_.is_call(i) || tokens_.is(i + 1, ".") || tokens_.is_keyword(i)) return false;
    if (i == 0 || !tokens_.is(i - 1, ".")) return scopes_[of_[i]] && !(i > 0 && tokens_.is(i - 1, "trigger"));
    if (i < 2) return false;
    const Token& owner = tokens_[i - 2];
    if (token_names(owner, "new") || token_names(owner, "old")) return own_;
    if (token_names(owner, "excluded")) return scopes_[of_[i]];
    return std::ranges::any_of(called_, [&](const std::string& one) { return token_names(owner, one); });
  }

  // Does this token name the table?
  bool table(std::size_t i) const {
    if (!is_name(tokens_[i]) || !token_names(tokens_[i], table_.name)) return false;
    if (i == own_at_) return true;
    if (slots_[i]) return !tokens_.is(i + 1, ".");  // else it is a schema of that name
    return tokens_.is(i + 1, ".") && (i == 0 || !tokens_.is(i - 1, "."));
  }

 private:
  struct Frame {
    std::size_t scope = 0;
    std::size_t target = 0;  // the scope of the INSERT whose rows a later ON CONFLICT … speaks of
    bool tables = false;     // are tables named here?
    bool call = false;       // the arguments of a function, in which FROM names no table
  };

  std::size_t opened() {
    scopes_.push_back(false);
    return scopes_.size() - 1;
  }

  void read(std::size_t i) {
    if (tokens_.is(i, ")") && open_.size() > 1) open_.pop_back();
    Frame& frame = open_.back();
    if (head_) {
      head(frame, i);
    } else {
      statement(frame, i);
    }
    of_.push_back(frame.scope);
    slots_.push_back(frame.tables && names_table(i));
    if (slots_.back() && token_names(tokens_[i], table_.name)) found(frame, i);
    if (!tokens_.is(i, "(")) return;
    Frame inner = frame;
    inner.tables = frame.tables && i > 0 && is_one_of(tokens_, i - 1, kLeads);
    inner.call = i > 0 && tokens_.is_call(i - 1) && !tokens_.is(i + 1, "select");
    open_.push_back(inner);
  }

  // Until its ON, which says the table, a head speaks of that. (A rule says ON event TO table.)
  void head(Frame& frame, std::size_t i) {
    if (!tokens_.is(i, "on")) return;
    head_ = false;
    own_at_ = tokens_.is(i + 2, "to") ? i + 3 : i + 1;
    if (tokens_.is(own_at_ + 1, ".")) own_at_ += 2;
    frame.scope = opened();
  }

  void statement(Frame& frame, std::size_t i) {
    if (tokens_.is(i, ";")) {
      frame = {opened(), 0, false, false};
    } else if (tokens_.is(i, "select")) {
      frame.scope = opened();
      frame.tables = frame.call = false;
    } else if (tokens_.is(i, "insert") || (tokens_.is(i, "replace") && tokens_.is(i + 1, "into"))) {
      if (i > 0 && (tokens_.is(i - 1, "on") || tokens_.is(i - 1, "or"))) return;
      frame.scope = frame.target = opened();
      frame.tables = true;
    } else if (tokens_.is(i, "update") || tokens_.is(i, "delete")) {
      changes_rows(frame, i);
    } else if (tokens_.is(i, "from") || tokens_.is(i, "join") || tokens_.is(i, "into")) {
      frame.tables = !frame.call && !(i > 0 && tokens_.is(i - 1, "distinct"));
    } else if (is_one_of(tokens_, i, kEnds)) {
      frame.tables = false;
      const bool clash = tokens_.is(i + 1, "conflict") || tokens_.is(i + 1, "duplicate");
      if (tokens_.is(i, "on") && clash) frame.scope = frame.target;
    }
  }

  // UPDATE and DELETE, but for ON CONFLICT DO UPDATE SET, ON DUPLICATE KEY UPDATE, FOR UPDATE and a rule's event.
  void changes_rows(Frame& frame, std::size_t i) {
    if (i > 0 && (tokens_.is(i - 1, "key") || tokens_.is(i - 1, "for") || tokens_.is(i - 1, "on"))) return;
    if (tokens_.is(i + 1, "set")) return;
    frame.scope = opened();
    frame.tables = tokens_.is(i, "update");
  }

  bool names_table(std::size_t i) const {
    if (!is_name(tokens_[i]) || i == 0) return false;
    if (tokens_[i].kind == TokenKind::word && sql::is_reserved(tokens_[i].text)) return false;
    const std::size_t before = tokens_.is(i - 1, ".") && i >= 3 ? i - 3 : i - 1;
    return is_one_of(tokens_, before, kLeads);
  }

  // The table is named here, perhaps with another name for the statement.
  void found(const Frame& frame, std::size_t i) {
    if (tokens_.is(i + 1, ".")) return;
    scopes_[frame.scope] = true;
    const std::size_t next = tokens_.is(i + 1, "as") ? i + 2 : i + 1;
    if (next >= tokens_.size() || !is_name(tokens_[next])) return;
    if (tokens_[next].kind == TokenKind::word && sql::is_reserved(tokens_[next].text)) return;
    called_.push_back(token_name(tokens_[next]));
  }

  const Significant& tokens_;
  const QName& table_;
  bool head_ = false, own_ = false;
  std::size_t own_at_ = static_cast<std::size_t>(-1);  // where the head says the trigger's table
  std::vector<Frame> open_{Frame{}};
  std::vector<bool> scopes_;  // does what stands there name the table?
  std::vector<std::size_t> of_;
  std::vector<bool> slots_;  // the token names a table
  std::vector<std::string> called_{table_.name};
};

}  // namespace

std::string rename_column_in_trigger(std::string_view text, const QName& on, const QName& table, std::string_view from,
                                     std::string_view to) {
  const Significant tokens(text);
  const Statements statements(tokens, on, table);
  return sql::rename_where(tokens, text, to, [&](std::size_t i) { return statements.column(i, from); });
}

std::string rename_table_in_trigger(std::string_view text, std::string_view from, std::string_view to) {
  const Significant tokens(text);
  const QName table{"", std::string(from)};
  const Statements statements(tokens, {}, table);
  return sql::rename_where(tokens, text, to, [&](std::size_t i) { return statements.table(i); });
}

}  // namespace forge
