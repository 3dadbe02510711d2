#include "engine/lua/spec_places.hpp"

#include <optional>

#include "engine/base/files.hpp"
#include "engine/lua/source_index.hpp"

namespace forge {
namespace {

using Kind = SourceToken::Kind;

// Walks over the tokens of a text and finds what stands in its header.
class Header {
 public:
  explicit Header(const SourceIndex& index) : index_(index) {}

  // The token of `field` where the header gives it a value: behind `migration "…" {`, within no other brackets.
  std::optional<std::size_t> field(std::string_view name) const {
    int depth = 0;
    for (std::size_t i = body(); i < index_.size(); ++i) {
      depth += turn(i);
      if (depth <= 0) return std::nullopt;
      if (depth == 1 && is(i, Kind::name, name) && is(i + 1, Kind::symbol, "=")) return i;
    }
    return std::nullopt;
  }

  // The text in the value of the field that stands at `from`.
  std::optional<std::size_t> value(std::size_t from, std::string_view text) const {
    int depth = 1;
    for (std::size_t i = from; i < index_.size(); ++i) {
      depth += turn(i);
      if (depth <= 0 || (depth == 1 && is(i, Kind::symbol, ","))) return std::nullopt;
      if (is(i, Kind::string, text)) return i;
    }
    return std::nullopt;
  }

 private:
  bool is(std::size_t i, Kind kind, std::string_view text) const {
    return i < index_.size() && index_.token(i).kind == kind && index_.text_of(index_.token(i)) == text;
  }

  // Where the header's bracket opens.
  std::size_t body() const {
    for (std::size_t i = 0; i < index_.size(); ++i) {
      if (!is(i, Kind::name, "migration")) continue;
      const auto behind = i + 1 < index_.size() && index_.token(i + 1).kind == Kind::string ? i + 2 : i + 1;
      if (is(behind, Kind::symbol, "{")) return behind;
    }
    return index_.size();
  }

  int turn(std::size_t i) const {
    if (is(i, Kind::symbol, "{") || is(i, Kind::symbol, "(")) return 1;
    return is(i, Kind::symbol, "}") || is(i, Kind::symbol, ")") ? -1 : 0;
  }

  const SourceIndex& index_;
};

Place placed(const std::string& file, const SourceIndex& index, std::size_t number) {
  const auto& token = index.token(number);
  return {file, token.line, token.column, token.length, std::string(index.line(token.line))};
}

}  // namespace

Place header_place(const std::string& file, std::string_view field, std::string_view value) {
  const auto text = read_file(file);
  if (!text) return {file, 0, 0, 1, {}};
  const SourceIndex index(*text);
  const Header header(index);
  const auto named = header.field(field);
  if (!named) return {file, 0, 0, 1, {}};
  return placed(file, index, header.value(*named, value).value_or(*named));
}

Place name_place(const Place& from, std::string_view name) {
  const auto text = read_file(from.file);
  if (!text || name.empty()) return from;
  const SourceIndex index(*text);
  for (std::size_t i = 0; i < index.size(); ++i) {
    const auto& token = index.token(i);
    const bool behind = token.line > from.line || (token.line == from.line && token.column >= from.column);
    if (behind && token.kind == Kind::string && index.text_of(token) == name) return placed(from.file, index, i);
  }
  return from;
}

}  // namespace forge
