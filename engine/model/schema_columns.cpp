#include "engine/model/schema_columns.hpp"

#include <algorithm>
#include <map>
#include <memory>

#include "engine/base/letters.hpp"

namespace forge {
namespace {

constexpr int kDeep = 16;  // views over views: one that reads itself tells nothing

class Columns {
 public:
  explicit Columns(const Schema& schema) : schema_(schema) {}

  std::optional<bool> has(const QName& said, const Token& column) {
    if (const Table* table = find<Table>(said, [&](const QName& name) { return schema_.table(name); }))
      return std::ranges::any_of(table->columns, [&](const Column& one) { return token_names(column, one.name); });
    const View* view = find<View>(said, [&](const QName& name) {
      const auto found = schema_.views.find(name);
      return found == schema_.views.end() ? nullptr : &found->second;
    });
    return view ? of_view(*view, column) : std::nullopt;
  }

 private:
  struct Text {
    std::string query;
    sql::Statements statements;
    explicit Text(const std::string& said) : query(said), statements(query) {}
  };

  // By the name as it is said, in small letters, and in the namespace that is meant where none is said.
  template <class Object, class Find>
  static const Object* find(const QName& said, Find look) {
    const QName low{folded(said.schema), folded(said.name)};
    for (const auto& name : {said, low}) {
      if (const Object* found = look(name)) return found;
    }
    const bool usual = said.schema == "public" || said.schema == "main";
    return usual ? look({"", said.name}) : nullptr;
  }

  std::optional<bool> of_view(const View& view, const Token& column) {
    if (!view.columns.empty())
      return std::ranges::any_of(view.columns, [&](const auto& name) { return token_names(column, name); });
    if (depth_ > kDeep) return std::nullopt;
    auto& text = texts_[view.name];
    if (!text || text->query != view.query) text = std::make_shared<Text>(view.query);
    ++depth_;
    const HasColumn further = [this](const QName& said, const Token& token) { return has(said, token); };
    const auto kept = text;
    const auto out = sql::Meaning(kept->statements, further).result_has(column);
    --depth_;
    return out;
  }

  const Schema& schema_;
  std::map<QName, std::shared_ptr<Text>> texts_;
  int depth_ = 0;
};

}  // namespace

HasColumn columns_of(const Schema& schema) {
  return [columns = std::make_shared<Columns>(schema)](const QName& said, const Token& column) {
    return columns->has(said, column);
  };
}

}  // namespace forge
