// The tokens of a Lua text with their places: Lua itself reports lines only, and errors show columns.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace forge {

struct SourceToken {
  enum class Kind : std::uint8_t { name, string, number, symbol };
  Kind kind = Kind::symbol;
  int line = 0;             // from 1
  int column = 0;           // from 1, in bytes
  int length = 0;           // of what stands in the text, quotes included; up to the line's end
  std::uint32_t begin = 0;  // offset of the token's own text (a string's content without its quotes)
  std::uint32_t size = 0;
};

// Built once per text; the text must outlive it. Any bytes are accepted: what is not Lua becomes symbols.
class SourceIndex {
 public:
  using Words = std::set<std::string, std::less<>>;

  explicit SourceIndex(std::string_view text);

  // The line's text without its end; empty where there is no such line.
  std::string_view line(int number) const;

  // The first name or string whose text is `wanted`, from `from` tokens on, at `line` or up to `reach` lines after it.
  std::optional<std::size_t> find(std::string_view wanted, int line, int reach, std::size_t from = 0) const;
  // The word of the node that is made on the line behind `nth` others, counting from 0: a word with a text behind it makes its node
  // at once, one with a body alone when that has been read. A line that is run again makes its nodes again, in the same order.
  // `words` are those that make nodes. nullopt where the line has none of them.
  std::optional<std::size_t> node_word(int line, int nth, const Words& words) const;
  // The first name `wanted` on the line that is said of an object (behind a ':' or '.'), from `from` tokens on.
  std::optional<std::size_t> said_word(std::string_view wanted, int line, std::size_t from) const;
  const SourceToken& token(std::size_t number) const { return tokens_[number]; }
  std::string_view text_of(const SourceToken& token) const { return text_.substr(token.begin, token.size); }
  std::size_t size() const { return tokens_.size(); }

 private:
  bool is_symbol(std::size_t number, char sign) const;
  bool is_said(std::size_t number) const;
  // Where the bracket that opens at a token is closed; the number of tokens where it is not.
  std::size_t closing(std::size_t number) const;

  std::string_view text_;
  std::vector<std::uint32_t> line_starts_;
  std::vector<SourceToken> tokens_;
};

}  // namespace forge
