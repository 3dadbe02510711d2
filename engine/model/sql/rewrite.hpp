// A SQL text under change: some of its tokens replaced, then put together again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/model/sql/scan.hpp"

namespace forge::sql {

class Rewrite {
 public:
  // `tokens` are those of `text`, and must outlive this.
  Rewrite(const Significant& tokens, std::string_view text);

  // Writes the token as this name, in its own quotes where it has some, else in the text's own where it needs them.
  void rename(std::size_t i, std::string_view name);
  void put(std::size_t i, std::string text);
  // Behind a token.
  void append(std::size_t i, std::string_view text);
  // Takes out the tokens first..last and the space before each.
  void remove(std::size_t first, std::size_t last);

  // The text's own quote character: MySQL's back-ticks where it uses them, else what IdentifierQuote says.
  char quote() const { return quote_; }
  std::string text() const;

 private:
  const Significant& tokens_;
  std::vector<std::string> replaced_;
  std::vector<bool> changed_;
  char quote_;
};

}  // namespace forge::sql
