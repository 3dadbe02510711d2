// What the statements of a SQL text read and write: its SELECTs, INSERTs, UPDATEs … with the tables that each of them names, one
// within the other. Read from tokens, leniently: what is no statement is passed over, so that the bodies of routines in any of
// the languages served are read as well.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/names.hpp"
#include "engine/model/sql/scan.hpp"

namespace forge::sql {

// A name in small letters.
std::string low_name(const Token& token);

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// What stands for a table behind FROM, JOIN, INTO, UPDATE …
struct Source {
  QName said;                       // as the text names it; empty for a query in parentheses
  std::string called;               // what qualifies its columns: its own name, or the alias that takes its place
  bool aliased = false;             // `called` is an alias
  std::size_t at = kNone;           // the token of its name
  std::size_t query = kNone;        // the SELECT that it stands for: in parentheses, or behind WITH
  bool function = false;            // it gives rows that nothing here is known of
  bool row = false;                 // NEW, OLD, EXCLUDED: its columns are said behind its name alone
  std::vector<std::string> listed;  // names that an alias or WITH gives to its first columns
};

// One item of a select list.
struct Item {
  std::size_t first, last;  // its tokens, without its alias
  std::string name;         // what it gives, "" where that cannot be told
  bool star = false;        // all columns of every source, or of the one that is called `of`
  std::string of;
  std::size_t alias = kNone;   // the token of a name that is said behind it
  std::size_t column = kNone;  // the column by which it is called: in parentheses, or under a cast
  bool bare = false;           // nothing but one column, with or without its table
};

enum class ScopeKind { root, query, rows, change };

// A stretch of text in which the same names can be said. Scopes nest: what one does not know, the next outer one may.
struct Scope {
  ScopeKind kind = ScopeKind::root;
  std::size_t parent = kNone;
  std::size_t begin = 0;  // its first token
  std::vector<Source> sources;
  std::map<std::string, Source> named;  // queries behind WITH, by their names in small letters
  std::vector<Item> items;              // of a query
  std::size_t first_arm = kNone;        // of UNION, INTERSECT, EXCEPT: the scope whose items name the results
  bool arm = false;                     // it is one of several arms
  bool ordered = false;                 // ORDER BY behind arms says their results by their names
  bool kept = false;                    // a query whose results are known by their names: it stands for a table
  bool natural = false;
  std::set<std::string> joined;  // USING (…), in small letters
};

// INSERT INTO a table.
struct Insertion {
  Source into;
  bool positional = false;         // its columns are not said, but taken as they come
  std::size_t rows = kNone;        // the scope of the query that gives the rows
  std::size_t begin = 0, end = 0;  // the tokens of what gives the rows
};

// What a name is, by where it stands.
enum class Role {
  plain,     // a column, a variable …
  other,     // no name: part of the language
  table,     // names a table
  schema,    // stands in front of a table's name
  alias,     // gives a name: to a table, a query, a result
  listed,    // gives a name to a column of an alias or WITH
  written,   // a column of the table that is written: INSERT INTO t (a), SET a =, ON CONFLICT (a), UPDATE OF a
  joining,   // USING (a)
  variable,  // SELECT … INTO a
  result,    // a name that the query itself gives, as in ORDER BY
  ordering,  // alone behind ORDER BY, and no such name: a column
};

// What the text is about.
struct About {
  QName on;                  // the table whose rows it speaks of as NEW and OLD; may be empty
  bool own_columns = false;  // the columns of `on` are said by their names alone, as in a policy or a check
};

// What a reading finds.
struct StatementParts {
  Significant tokens;
  std::vector<Scope> scopes;  // [0] is what stands outside of every statement
  std::vector<Insertion> insertions;
  bool whole = true;                  // nothing lies too deep to be read
  std::size_t top = kNone;            // the scope of the query that the text is
  std::vector<Source> beside;         // tables that are named outside of statements, as in TRUNCATE a
  std::vector<Role> roles;            // of each token
  std::vector<std::size_t> scope_of;  // of each token: an index of `scopes`
  std::set<std::string> declared;     // variables and parameters, in small letters
};

class Statements {
 public:
  // `text` must outlive this. With `inside_quotes` what stands between dollar quotes is read as part of the text.
  explicit Statements(std::string_view text, About about = {}, bool inside_quotes = false);

  const Significant& tokens() const { return parts_.tokens; }
  const About& about() const { return about_; }
  const std::vector<Scope>& scopes() const { return parts_.scopes; }
  // Has all of the text been read? Queries and parentheses may be nested too deeply.
  bool whole() const { return parts_.whole; }
  // The first arm of the query that the text is; kNone where it is something else.
  std::size_t top() const { return parts_.top; }
  // Tables that are named outside of statements, as in TRUNCATE a.
  const std::vector<Source>& beside() const { return parts_.beside; }
  const std::vector<Insertion>& insertions() const { return parts_.insertions; }
  Role role(std::size_t i) const { return parts_.roles[i]; }
  std::size_t scope_index(std::size_t i) const { return parts_.scope_of[i]; }
  const Scope& scope_of(std::size_t i) const { return parts_.scopes[parts_.scope_of[i]]; }
  // Does the text declare a variable or parameter of this name?
  bool declares(const Token& token) const;

 private:
  About about_;
  StatementParts parts_;
};

}  // namespace forge::sql
