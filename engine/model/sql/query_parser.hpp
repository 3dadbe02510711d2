// Reads queries for Statements; not for use by others.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "engine/model/sql/statements.hpp"

namespace forge::sql {

// Every reading function takes the token at which what it reads begins, and gives the one behind that.
class QueryParser {
 public:
  explicit QueryParser(StatementParts& parts);

 protected:
  struct Query {
    std::size_t scope, end;  // of the first arm; kNone where there is none
  };

  std::size_t size() const { return tokens_.size(); }
  bool is(std::size_t i, std::string_view text) const { return tokens_.is(i, text); }
  bool any(std::size_t i, std::initializer_list<std::string_view> texts) const;
  bool plain_name(std::size_t i) const;  // a name that is no word of the language
  std::size_t open(ScopeKind kind, std::size_t parent, std::size_t begin);
  void mark(std::size_t i, std::size_t scope, Role role);
  void mark(std::size_t i, std::size_t scope);
  // Does what the token begins end an expression, at its own depth of parentheses?
  bool ends_clause(std::size_t i) const;

  // Up to a token that `stops`, one that closes more than was opened, or `;`.
  template <class Stop>
  std::size_t expression(std::size_t i, std::size_t scope, Stop stops) {
    int cases = 0;
    while (i < size() && !is(i, ")") && !is(i, ";")) {
      if (cases == 0 && stops(i)) break;
      if (is(i, "(")) {
        i = parentheses(i, scope);
        continue;
      }
      if (is(i, "case") && !is(i - 1, ".")) ++cases;
      if (is(i, "end") && cases > 0) --cases;
      mark(i++, scope);
    }
    return i;
  }
  std::size_t parentheses(std::size_t i, std::size_t scope);
  // Names in parentheses, each of which plays the `role`; `i` where none are.
  std::size_t names(std::size_t i, std::size_t scope, Role role, std::vector<std::string>* said = nullptr);
  bool starts_query(std::size_t i) const;
  // `kept`: its results are known by their names.
  Query query(std::size_t i, std::size_t parent, bool kept);
  // WITH … of a statement, whose names `scope` then knows.
  std::size_t with(std::size_t i, std::size_t scope);
  // What stands behind FROM, UPDATE, USING: tables and joins.
  std::size_t sources(std::size_t i, std::size_t scope);
  // A table's name and its alias.
  std::size_t table(std::size_t i, std::size_t scope, Source& source);
  std::size_t alias(std::size_t i, std::size_t scope, Source& source);
  std::size_t select_list(std::size_t i, std::size_t scope);
  std::size_t tail(std::size_t i, std::size_t scope, bool of_arms);
  // What stands behind WITH may change rows.
  virtual std::size_t statement(std::size_t i, std::size_t parent) = 0;
  ~QueryParser() = default;

  StatementParts& parts_;
  const Significant& tokens_;

 private:
  // One level of parentheses or queries further in. What lies too deep is passed over, and the text is not wholly read.
  class Level {
   public:
    explicit Level(QueryParser& parser) : parser_(parser) { ++parser_.depth_; }
    ~Level() { --parser_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    bool too_deep() const { return parser_.depth_ > 200; }

   private:
    QueryParser& parser_;
  };
  std::size_t pass_over(std::size_t i, std::size_t scope);
  bool is_soft_name(std::size_t i) const;
  Query changing(std::size_t i, std::size_t parent, bool kept);
  std::size_t arm(std::size_t i, std::size_t parent, bool kept, bool further, std::size_t& scope);
  std::size_t select(std::size_t i, std::size_t parent, bool kept, bool further);
  std::size_t value_rows(std::size_t i, std::size_t scope);
  void results_in(std::size_t begin, std::size_t end, std::size_t scope);
  std::size_t behind_hint(std::size_t i, std::size_t scope);
  std::size_t naming_column(const Item& item) const;
  void item(std::size_t first, std::size_t end, std::size_t scope);
  bool said_behind(std::size_t first, std::size_t name) const;
  std::size_t source(std::size_t i, std::size_t scope);
  std::size_t order(std::size_t i, std::size_t scope, bool of_arms);
  const Source* with_query(std::size_t scope, const std::string& name) const;

  int depth_ = 0;
};

}  // namespace forge::sql
