#include "engine/order/resources.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "engine/model/lower.hpp"
#include "engine/model/publication.hpp"
#include "engine/model/sql/text.hpp"
#include "engine/order/resource_names.hpp"
#include "engine/order/texts.hpp"

namespace forge {
namespace {

// Collects what operations touch.
class Collector {
 public:
  explicit Collector(NameScopes scopes) : scopes_(scopes) {}

  void collect(const Change& change) {
    how_ = How::need;
    std::visit([&](const auto& delta) { of(delta); }, change);
    if (scopes_.definitions) std::visit([&](const auto& delta) { extensions(delta); }, change);
  }
  void work(const Work& work) {
    how_ = How::read;
    use(relation(work.table));
    if (!work.target.empty()) use(relation(work.target));
    for (const auto& column : work.set) {
      use(column_of(work.target.empty() ? work.table : work.target, column.to));
    }
  }
  // Whoever refers to the rows finds them on the way back: it lets go before they are kept, as before they are dropped.
  void archive(const Archive& kept) { drop(relation(kept.table)); }
  Touches finish() {
    const auto own = [&](const std::string& what) { return made_.contains(what) && gone_.contains(what); };
    Touches out;
    for (auto& what : creates_) {
      if (!own(what)) out.creates.push_back(what);
    }
    for (auto& what : drops_) {
      if (!own(what)) out.drops.push_back(what);
    }
    for (std::size_t i = 0; i < 3; ++i) {
      auto& list = i == 0 ? out.needs : i == 1 ? out.reads : out.releases;
      for (auto& what : uses_[i]) {
        if (!made_.contains(what) && !gone_.contains(what)) list.push_back(what);
      }
    }
    out.takes = std::move(takes_);
    out.frees = std::move(frees_);
    return out;
  }

 private:
  using List = std::vector<std::string>;

  static void once(List& list, std::set<std::string>& seen, std::string what) {
    if (seen.insert(what).second) list.push_back(std::move(what));
  }
  void create(std::string what) { once(creates_, made_, std::move(what)); }
  void drop(std::string what) { once(drops_, gone_, std::move(what)); }
  void use(std::string what) {
    const auto i = static_cast<std::size_t>(how_);
    once(uses_[i], used_[i], std::move(what));
  }
  void take(std::string what) { once(takes_, taken_, std::move(what)); }
  void free(std::string what) { once(frees_, freed_, std::move(what)); }

  // A thing with a name of its own comes, goes, or is called something else from now on.
  void exist(bool before, bool after, const std::string& was, const std::string& is) {
    if (before && after) {
      if (was == is) return use(is);
      create(is);
      take(is);
      return free(was);
    }
    if (!after) {
      drop(was);
      return free(was);
    }
    create(is);
    take(is);
  }
  template <class T, class Resource>
  void exist(const Delta<T>& delta, Resource resource) {
    exist(delta.before.has_value(), delta.after.has_value(), delta.before ? resource(*delta.before) : "",
          delta.after ? resource(*delta.after) : "");
  }
  template <class T>
  bool in_table() const {
    if constexpr (std::is_same_v<T, Check>) return scopes_.checks_in_table;
    return std::is_same_v<T, ForeignKey> ? scopes_.constraints_in_table : scopes_.indexes_in_table;
  }
  // Names that can stand in another's way: a table arranges its own.
  template <class T>
  bool named(const std::string& name) const {
    return !name.empty() && !name.starts_with(kUnnamed) && !in_table<T>();
  }
  template <class T>
  static std::string name_of(const QName& table, const std::string& name) {
    return "the name '" + display({table.schema, name}) + "'";
  }

  template <class T>
  void name_of_member(const Delta<T>& delta) {
    const auto& was = delta.before ? delta.before->name : std::string();
    const auto& is = delta.after ? delta.after->name : std::string();
    if (was == is) return;
    if (named<T>(is)) take(name_of<T>(delta.table, is));
    if (named<T>(was)) free(name_of<T>(delta.table, was));
  }

  void of(const Delta<Namespace>& delta) {
    exist(delta, [](const Namespace& one) { return schema_of(one.name.name); });
  }
  void of(const Delta<EnumType>& delta) {
    exist(delta, [](const EnumType& one) { return enum_of(display(one.name)); });
    sides(delta, [&](const EnumType& one) { in_schema(one.name); });
    // A value that is added must be there before it is used.
    if (delta.before && delta.after) create(enum_of(display(delta.after->name)));
  }
  void of(const Delta<Sequence>& delta) {
    exist(delta, [](const Sequence& one) { return sequence_of(display(one.name)); });
    const bool stays = delta.before && delta.after && delta.before->owned_by == delta.after->owned_by;
    sides(delta, [&](const Sequence& one) {
      in_schema(one.name);
      if (one.owned_by.empty()) return;
      const auto dot = one.owned_by.rfind('.');
      const QName owner = parse_qname(one.owned_by.substr(0, dot));
      for (auto what : {relation(owner), column_of(owner, one.owned_by.substr(dot + 1))}) use(std::move(what));
      if (!stays) how_ == How::need ? create(sequences_of(owner)) : drop(sequences_of(owner));
    });
  }
  void of(const Delta<Table>& delta) {
    exist(delta, [](const Table& one) { return relation(one.name); });
    const Table& table = delta.after ? *delta.after : *delta.before;
    how_ = delta.after ? How::need : How::release;
    in_schema(table.name);
    for (const auto& parent : table.options.inherits) use(relation(parse_qname(parent)));
    for (const auto& column : table.columns) {
      if (delta.after) create(column_of(table.name, column.name));
      needs(column, table.name);
    }
    const auto one = [&](const auto& member) { of_new_table(member, table.name, delta.after.has_value()); };
    if (table.primary_key) one(*table.primary_key);
    std::ranges::for_each(table.uniques, one);
    std::ranges::for_each(table.indexes, one);
    std::ranges::for_each(table.checks, one);
    std::ranges::for_each(table.exclusions, one);
    for (const auto& key : table.foreign_keys) {
      one(key);
      target(key, table.name);
    }
  }
  template <class T>
  void of_new_table(const T& member, const QName& table, bool comes) {
    if constexpr (requires { referable(member); })
      if (comes && !referable(member).empty()) create(key_of(table, referable(member)));
    if constexpr (std::is_same_v<T, Index>) {
      for (const auto& part : member.parts) {
        use_objects(part.collation);
        use_objects(part.opclass);
        use_objects(part.expr);
      }
      use_objects(member.where);
    }
    if constexpr (std::is_same_v<T, Check>) use_objects(member.expr);
    if (!named<T>(member.name)) return;
    comes ? take(name_of<T>(table, member.name)) : free(name_of<T>(table, member.name));
  }
  void of(const Delta<TableShell>& delta) {
    exist(delta, [](const TableShell& one) { return relation(one.name); });
    sides(delta, [&](const TableShell& one) {
      if (how_ == How::need) in_schema(one.name);
      for (const auto& parent : one.options.inherits) use(relation(parse_qname(parent)));
    });
  }
  void of(const Delta<Column>& delta) {
    use(relation(delta.table));
    exist(delta, [&](const Column& one) { return column_of(delta.table, one.name); });
    sides(delta, [&](const Column& one) { needs(one, delta.table); });
  }
  void of(const Delta<Key>& delta) {
    use(relation(delta.table));
    name_of_member(delta);
    sides(delta, [&](const Key& one) {
      for (const auto& column : columns_of(one)) use(column_of(delta.table, column));
      for (const auto& column : one.include) use(column_of(delta.table, column));
    });
    referred(delta);
  }
  void referred(const auto& delta) {
    const auto [gone, come] = references_of(delta);
    if (!gone.empty()) drop(gone);
    if (!come.empty()) create(come);
  }
  void of(const Delta<Index>& delta) {
    use(relation(delta.table));
    name_of_member(delta);
    referred(delta);
    sides(delta, [&](const Index& one) {
      for (const auto& part : one.parts) {
        use_part(delta.table, part.column, part.expr);
        use_objects(part.collation);
        use_objects(part.opclass);
      }
      use_text(delta.table, one.where);
      for (const auto& column : one.include) use(column_of(delta.table, column));
    });
  }
  void of(const Delta<ForeignKey>& delta) {
    use(relation(delta.table));
    name_of_member(delta);
    const auto refers = [&](const ForeignKey& one) {
      for (const auto& column : one.columns) use(column_of(delta.table, column));
      target(one, delta.table);
    };
    // One that is validated or renamed lets go of nothing.
    const bool stays = delta.before && delta.after && delta.before->columns == delta.after->columns &&
                       delta.before->ref == delta.after->ref && delta.before->ref_columns == delta.after->ref_columns;
    if (stays) return refers(*delta.after);
    sides(delta, refers);
  }
  void of(const Delta<Check>& delta) {
    use(relation(delta.table));
    name_of_member(delta);
    sides(delta, [&](const Check& one) { use_text(delta.table, one.expr); });
  }
  void of(const Delta<Exclusion>& delta) {
    use(relation(delta.table));
    name_of_member(delta);
    sides(delta, [&](const Exclusion& one) {
      for (const auto& part : one.parts) use_part(delta.table, part.column, part.expr);
      use_text(delta.table, one.where);
    });
  }
  void of(const Delta<View>& delta) {
    exist(delta, [](const View& one) { return relation(one.name); });
    // What is held to a view, or to columns of it, goes before they change, and comes behind that.
    if (delta.before && delta.after && delta.before->query != delta.after->query) {
      create(new_form_of(delta.after->name));
      drop(old_form_of(delta.before->name));
    }
    // Indexes come after a view has become a materialized one, and go before it ceases to be one.
    const bool had = delta.before && delta.before->materialized, has = delta.after && delta.after->materialized;
    if (had != has) has ? create(rows_of(delta.after->name)) : drop(rows_of(delta.before->name));
    sides(delta, [&](const View& one) {
      in_schema(one.name);
      const auto names = identifiers(one.query);
      use_objects(one.query);
      for (const auto& used : one.uses) {
        use(relation(used));
        for (const auto& name : names) use(column_of(used, name));
      }
    });
  }
  // What it needs: the names in its text, whatever they mean; those that nobody makes or takes away do no harm.
  void of(const Delta<Definition>& delta) {
    exist(delta, [](const Definition& one) { return "the " + one.name.name; });
    // Nothing says the name of a trigger or a policy, which is often that of its function or table.
    const Definition& either = delta.after ? *delta.after : *delta.before;
    const bool named = either.on.empty() || either.kind == "index";
    if (!delta.before && named) create(definition_called(either));
    if (!delta.after && named) drop(definition_called(either));
    sides(delta, [&](const Definition& one) {
      if (!one.on.empty()) use(relation(one.on));
      if (!one.on.empty() && !delta.before) use(new_form_of(one.on));
      if (!one.on.empty() && !delta.after) use(old_form_of(one.on));
      if (one.kind == "index") use(rows_of(one.on));
      // The server gives a table's owner to the sequences that are its own by then, and asks it of later ones.
      if (one.kind == "owner" && !one.on.empty()) use(sequences_of(one.on));
      use_names(one, body_follows(one) ? one.create + "\n" + one.body : one.create);
      for (const auto& part : one.parts) use_names(one, part.make, published_table(part));
      for (const auto& name : one.uses) {
        use(object_called(parse_qname(name).name));
        use(routine_called(parse_qname(name).name));
        use(relation(parse_qname(name)));
      }
    });
  }
  void use_names(const Definition& one, const std::string& text, const std::optional<QName>& published = {}) {
    const std::string own = called_name(one);
    const auto [head, rest] = around_name(text, own);
    for (const auto& name : names_in(head)) use(schema_of(name));
    for (const auto& name : qualified_names(rest)) {
      for (auto what : {relation(name), enum_of(display(name)), sequence_of(display(name))}) use(std::move(what));
    }
    for (const auto& name : names_in(rest)) {
      const bool itself = name == own && one.on.empty();
      if (!itself) use(object_called(name));
      if (!itself) use(routine_called(name));
      for (auto what : {relation({"", name}), enum_of(name), schema_of(name), sequence_of(name)}) use(std::move(what));
      if (!one.on.empty()) use(column_of(one.on, name));
      if (published) use(column_of(*published, name));
    }
  }
  template <class T>
  void extensions(const Delta<T>& delta) {
    if constexpr (std::is_same_v<T, Definition>) {
      const Definition& one = delta.after ? *delta.after : *delta.before;
      if (one.kind == "extension") {
        if (!delta.before) create(kNewExtensions);
        if (!delta.after) drop(kOldExtensions);
        return;
      }
    }
    if constexpr (std::is_same_v<T, Namespace> || std::is_same_v<T, Raw>) return;
    sides(delta, [&](const T&) { use(how_ == How::need ? kNewExtensions : kOldExtensions); });
  }
  void of(const Delta<Sync>& delta) {
    exist(delta, [](const Sync& one) { return sync_of(one.name); });
    how_ = delta.after ? How::read : How::release;
    const Sync& sync = delta.after ? *delta.after : *delta.before;
    in_schema(sync.name);
    use(relation(sync.table));
    if (!sync.target.empty()) use(relation(sync.target));
    for (const auto& pair : sync.pairs) {
      if (!pair.old_column.empty()) use(column_of(sync.table, pair.old_column));
      if (!pair.new_column.empty()) use(column_of(sync.table, pair.new_column));
      for (auto& what : rows_read(pair.up, sync.table)) use(std::move(what));
    }
    for (const auto& column : sync.columns) {
      for (auto& what : rows_read(column.expr, sync.table)) use(std::move(what));
    }
  }
  void of(const Delta<Raw>&) {}  // nobody knows what it touches: it stays where it was put

  void in_schema(const QName& name) {
    if (!name.schema.empty()) use(schema_of(name.schema));
  }
  void target(const ForeignKey& key, const QName& own) {
    if (key.ref != own) use(relation(key.ref));
    use(key_of(key.ref, key.ref_columns));
    for (const auto& column : key.ref_columns) use(column_of(key.ref, column));
  }
  // What a column's type and default need.
  void needs(const Column& column, const QName& table) {
    use_objects(column.type.more->ref);
    use_objects(column.more->collation);
    if (column.more->generated) use_text(table, column.more->generated->expr);
    if (column.type.name == "enum" && !column.type.more->ref.empty()) {
      use(enum_of(column.type.more->ref));
    }
    if (!column.default_value || column.default_value->kind != Expr::Kind::sql) return;
    // nextval('app.ids'::regclass) names its sequence in a string.
    for (const auto& token : sql_tokens(column.default_value->text)) {
      if (token.kind == TokenKind::string && token.text.size() > 2 && token.text[0] == '\'') {
        use(sequence_of(display(parse_qname(token.text.substr(1, token.text.size() - 2)))));
      }
    }
    use_objects(column.default_value->text);
  }
  void use_part(const QName& table, const std::string& column, const std::string& expr) {
    if (!column.empty()) use(column_of(table, column));
    use_text(table, expr);
  }
  void use_text(const QName& table, const std::string& text) {
    if (text.empty()) return;
    for (const auto& name : identifiers(text)) use(column_of(table, name));
    use_objects(text);
  }
  // Routines and types that a text may mean.
  void use_objects(const std::string& text) {
    if (!scopes_.definitions || text.empty()) return;
    for (const auto& name : names_in(text)) use(object_called(name));
    for (const auto& name : called_names(text)) use(routine_called(name));
  }

  enum class How { need, read, release };

  // What a value before the change refers to is released, what one after it refers to is needed.
  template <class T, class Visit>
  void sides(const Delta<T>& delta, Visit visit) {
    how_ = How::release;
    if (delta.before) visit(*delta.before);
    how_ = How::need;
    if (delta.after) visit(*delta.after);
  }

  NameScopes scopes_;
  How how_ = How::need;
  List creates_, drops_, takes_, frees_;
  std::array<List, 3> uses_;
  std::array<std::set<std::string>, 3> used_;
  std::set<std::string> made_, gone_, taken_, freed_;
};

}  // namespace

Touches touches_of(const Step& step, NameScopes scopes) {
  Collector collector(scopes);
  for (const auto& op : step.ops) collector.collect(op);
  if (step.work) collector.work(*step.work);
  if (step.archive) collector.archive(*step.archive);
  return collector.finish();
}

}  // namespace forge
