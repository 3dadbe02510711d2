#include "engine/db/catalog_settle.hpp"

#include <algorithm>
#include <vector>

#include "engine/model/sql/text.hpp"

namespace forge {
namespace {

class Qualifiers {
 public:
  Qualifiers(std::string_view text, const std::string& database,
             const std::function<bool(const std::string&)>& relation)
      : tokens_(sql_tokens(text)), database_(database), relation_(relation) {}

  std::string without() const {
    std::string out;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (is_qualifier(i)) {
        ++i;
      } else {
        out += tokens_[i].text;
      }
    }
    return out;
  }

 private:
  bool is(std::size_t i, std::string_view text) const { return i < tokens_.size() && tokens_[i].text == text; }
  bool quoted(std::size_t i) const { return i < tokens_.size() && tokens_[i].kind == TokenKind::quoted; }

  bool is_qualifier(std::size_t i) const {
    if (!quoted(i) || token_name(tokens_[i]) != database_ || !is(i + 1, ".") || !quoted(i + 2)) return false;
    if (i > 0 && is(i - 1, ".")) return false;
    const bool longer = is(i + 3, ".") && quoted(i + 4);
    return longer || is(i + 3, "(") || relation_(token_name(tokens_[i + 2]));
  }

  std::vector<Token> tokens_;
  const std::string& database_;
  const std::function<bool(const std::string&)>& relation_;
};

bool begins(const std::vector<IndexPart>& parts, const std::vector<std::string>& columns, bool descends) {
  if (parts.size() < columns.size()) return false;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (parts[i].column != columns[i] || parts[i].length > 0 || (parts[i].desc && !descends)) return false;
  }
  return true;
}

bool serves(const Table& table, const Index& but, const ForeignKey& key, bool descends) {
  if (table.primary_key && begins(table.primary_key->parts, key.columns, descends)) return true;
  const auto by_parts = [&](const auto& one) { return begins(one.parts, key.columns, descends); };
  if (std::ranges::any_of(table.uniques, by_parts)) return true;
  return std::ranges::any_of(table.indexes, [&](const Index& index) {
    return index.name != but.name && index.method != "fulltext" && index.method != "spatial" && by_parts(index);
  });
}

// As the server makes it, and nothing more.
bool plain(const Index& index) {
  const bool ascends = std::ranges::none_of(index.parts, [](const IndexPart& part) { return part.desc; });
  return !index.unique && index.method.empty() && !index.invisible && index.comment.empty() && ascends;
}

}  // namespace

std::string without_database(std::string_view text, const std::string& database,
                             const std::function<bool(const std::string&)>& relation) {
  if (database.empty() || text.find(database) == std::string_view::npos) return std::string(text);
  return Qualifiers(text, database, relation).without();
}

void leave_out_foreign_key_indexes(Table& table, bool descends) {
  std::erase_if(table.indexes, [&](const Index& index) {
    const auto& keys = table.foreign_keys;
    const auto own = std::ranges::find(keys, index.name, &ForeignKey::name);
    if (own == keys.end() || !plain(index) || index.parts.size() != own->columns.size()) return false;
    // Of several keys over the same columns the first one gives the index its name.
    if (std::ranges::find(keys, own->columns, &ForeignKey::columns) != own) return false;
    return begins(index.parts, own->columns, false) && !serves(table, index, *own, descends);
  });
}

}  // namespace forge
