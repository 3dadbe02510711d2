#include "engine/db/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "engine/base/hash.hpp"
#include "engine/db/catalog_rows.hpp"
#include "engine/db/catalog_settle.hpp"
#include "engine/db/either_form.hpp"
#include "engine/model/generated_names.hpp"

namespace forge {
namespace {

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

// Tables while their members arrive.
class Reader {
 public:
  explicit Reader(const CatalogRules& rules) : rules_(rules) {}

  Result<void> section(const std::string& name, CatalogRows& rows) {
    using Handler = Result<void> (Reader::*)(CatalogRows&);
    static const std::map<std::string, Handler> kHandlers{{"database", &Reader::read_database},
                                                          {"prepare", &Reader::pass_over},
                                                          {"namespaces", &Reader::read_namespace},
                                                          {"enums", &Reader::read_enum},
                                                          {"sequences", &Reader::read_sequence},
                                                          {"tables", &Reader::read_table},
                                                          {"columns", &Reader::read_column},
                                                          {"keys", &Reader::read_key},
                                                          {"indexes", &Reader::read_index},
                                                          {"exclusions", &Reader::read_exclusion},
                                                          {"parts", &Reader::read_part},
                                                          {"foreign_keys", &Reader::read_foreign_key},
                                                          {"checks", &Reader::read_check},
                                                          {"views", &Reader::read_view},
                                                          {"definitions", &Reader::read_definition},
                                                          {"definition_parts", &Reader::read_definition_part},
                                                          {"definition_uses", &Reader::read_definition_use},
                                                          {"unmanaged", &Reader::read_unmanaged}};
    const auto found = kHandlers.find(name);
    if (found == kHandlers.end()) {
      return fail(ErrorCode::policy, fmt::format("the catalog queries have an unknown section '{}'", name));
    }
    while (rows.next()) FORGE_TRY((this->*found->second)(rows));
    return {};
  }

  Result<Schema> finish() {
    for (auto& [name, view] : schema_.views) unqualify(view.query);
    for (auto& [name, held] : tables_) {
      if (rules_.foreign_key_indexes) leave_out_foreign_key_indexes(held.table, rules_.descending_serves);
      schema_.put_table(std::move(held.table));
    }
    std::ranges::sort(schema_.unmanaged);
    schema_.read_from_server = true;
    return std::move(schema_);
  }

  void grants_untold() { schema_.grants_untold = true; }

 private:
  enum class Kind { primary_key, unique, index, exclusion };
  // Only texts with an array, an escape, a character set, a negative number or odd characters in them are ever spelled in
  // two ways.
  Result<void> spell(std::string& text) const {
    const bool odd = text.find("_utf8") != std::string::npos || text.find("-(") != std::string::npos ||
                     std::ranges::any_of(text, [](char c) { return c == '[' || c == '\\' || (c & '\x80') != 0; });
    if (!rules_.expression || !odd) return {};
    FORGE_ASSIGN(text, rules_.expression(text));
    return {};
  }
  Result<void> settle(std::string& text) const {
    FORGE_TRY(spell(text));
    unqualify(text);
    return {};
  }
  void unqualify(std::string& text) const {
    text = without_database(text, database_, [&](const std::string& name) {
      const QName wanted{"", name};
      return tables_.contains(wanted) || schema_.views.contains(wanted) || schema_.sequences.contains(wanted);
    });
  }

  struct Held {
    Table table;
    std::unordered_map<std::string, std::pair<Kind, std::size_t>> owners;  // of parts, by name
    std::unordered_map<std::string, std::size_t> foreign_keys;
  };

  Held* held(const CatalogRows& rows) {
    const auto found = tables_.find(rows.name("schema", "table"));
    return found == tables_.end() ? nullptr : &found->second;
  }

  Result<void> read_database(CatalogRows& rows) {
    database_ = rows.text("name");
    schema_.owner = rows.text("owner");
    return {};
  }
  Result<void> pass_over(CatalogRows&) { return {}; }

  Result<void> read_namespace(CatalogRows& rows) {
    Namespace space;
    rows.fill(space);
    space.name = {"", rows.text("name")};
    schema_.namespaces[space.name] = std::move(space);
    return {};
  }

  Result<void> read_enum(CatalogRows& rows) {
    const auto name = rows.name("schema", "name");
    EnumType& type = schema_.enums[name];
    type.name = name;
    type.comment = rows.text("comment");
    if (rows.value("value")) type.values.push_back(rows.text("value"));
    return {};
  }

  Result<void> read_sequence(CatalogRows& rows) {
    Sequence sequence;
    rows.fill(sequence);
    sequence.name = rows.name("schema", "name");
    if (rows.value("owner_table")) {
      sequence.owned_by =
          display(rows.name("owner_schema", "owner_table")) + "." + display({"", rows.text("owner_column")});
    }
    schema_.sequences[sequence.name] = std::move(sequence);
    return {};
  }

  Result<void> read_table(CatalogRows& rows) {
    Table table;
    rows.fill(table);
    rows.fill(table.options);
    for (const auto& parent : split_lines(rows.text("inherits"))) {
      table.options.inherits.push_back(display(parse_qname(parent)));
    }
    table.name = rows.name("schema", "name");
    auto name = table.name;
    tables_[std::move(name)].table = std::move(table);
    return {};
  }

  Result<const ReadColumn*> meaning(const CatalogRows& rows) {
    CatalogColumn given;
    given.type = rows.text("type");
    if (rows.value("enum_name")) given.enum_name = display(rows.name("enum_schema", "enum_name"));
    given.has_default = rows.value("default").has_value();
    given.default_text = rows.text("default");
    given.default_is = rows.text("default_is");
    given.serial = rows.flag("serial");
    const auto [at, fresh] = columns_.try_emplace(given);
    if (fresh) {
      auto read = rules_.column(given);
      if (!read) {
        columns_.erase(at);
        read.error().notes.push_back(
            fmt::format("in column {}.{}", display(rows.name("schema", "table")), rows.text("name")));
        return fail(std::move(read).error());
      }
      at->second = std::move(*read);
    }
    return &at->second;
  }

  Result<void> read_column(CatalogRows& rows) {
    Held* owner = held(rows);
    if (owner == nullptr) return {};
    Column column;
    column.name = rows.text("name");
    if (rows.value("nullable")) column.nullable = rows.flag("nullable");
    FORGE_ASSIGN(const ReadColumn* read, meaning(rows));
    column.type = read->type;
    column.default_value = read->default_value;
    if (column.default_value && column.default_value->kind == Expr::Kind::sql)
      FORGE_TRY(settle(column.default_value->text));
    ColumnExtras more;
    rows.fill(more);
    if (const auto& expression = rows.value("generated")) more.generated = Generated{*expression, rows.flag("stored")};
    if (more.generated) FORGE_TRY(settle(more.generated->expr));
    if (const auto& kind = rows.value("identity")) {
      Identity identity;
      rows.fill(identity);
      identity.always = *kind == "always";
      if (identity.sequence == serial_sequence_name(owner->table.name.name, column.name)) identity.sequence.clear();
      more.identity = std::move(identity);
    }
    if (!(more == ColumnExtras{})) column.more.edit() = std::move(more);
    owner->table.columns.push_back(std::move(column));
    return {};
  }

  Result<void> read_key(CatalogRows& rows) {
    Held* owner = held(rows);
    if (owner == nullptr) return {};
    Key key;
    rows.fill(key);
    if (key.primary) {
      owner->owners[key.name] = {Kind::primary_key, 0};
      owner->table.primary_key = std::move(key);
    } else {
      owner->owners[key.name] = {Kind::unique, owner->table.uniques.size()};
      owner->table.uniques.push_back(std::move(key));
    }
    return {};
  }

  Result<void> read_index(CatalogRows& rows) {
    Held* owner = held(rows);
    if (owner == nullptr) return {};
    Index index;
    rows.fill(index);
    FORGE_TRY(settle(index.where));
    owner->owners[index.name] = {Kind::index, owner->table.indexes.size()};
    owner->table.indexes.push_back(std::move(index));
    return {};
  }

  Result<void> read_exclusion(CatalogRows& rows) {
    Held* owner = held(rows);
    if (owner == nullptr) return {};
    Exclusion exclusion;
    rows.fill(exclusion);
    FORGE_TRY(settle(exclusion.where));
    owner->owners[exclusion.name] = {Kind::exclusion, owner->table.exclusions.size()};
    owner->table.exclusions.push_back(std::move(exclusion));
    return {};
  }

  Result<void> add_part(const CatalogRows& rows, std::vector<IndexPart>& parts,
                        std::vector<std::string>& include) const {
    if (rows.flag("included")) {
      include.push_back(rows.text("column"));
      return {};
    }
    IndexPart part;
    rows.fill(part);
    FORGE_TRY(settle(part.expr));
    parts.push_back(std::move(part));
    return {};
  }

  Result<void> read_part(CatalogRows& rows) {
    Held* owner = held(rows);
    if (owner == nullptr) return {};
    const auto found = owner->owners.find(rows.text("of"));
    if (found == owner->owners.end()) return {};
    Table& table = owner->table;
    const auto [kind, place] = found->second;
    if (kind == Kind::exclusion) {
      ExclusionPart part;
      rows.fill(part);
      table.exclusions[place].parts.push_back(std::move(part));
    } else if (kind == Kind::index) {
      return add_part(rows, table.indexes[place].parts, table.indexes[place].include);
    } else {
      Key& key = kind == Kind::primary_key ? *table.primary_key : table.uniques[place];
      return add_part(rows, key.parts, key.include);
    }
    return {};
  }

  Result<void> read_foreign_key(CatalogRows& rows) {
    Held* owner = held(rows);
    if (owner == nullptr) return {};
    auto& keys = owner->table.foreign_keys;
    const auto [at, fresh] = owner->foreign_keys.try_emplace(rows.text("name"), keys.size());
    if (fresh) {
      auto& made = keys.emplace_back();
      rows.fill(made);
      made.ref = rows.name("ref_schema", "ref_table");
    }
    keys[at->second].columns.push_back(rows.text("column"));
    keys[at->second].ref_columns.push_back(rows.text("ref_column"));
    return {};
  }

  Result<void> read_check(CatalogRows& rows) {
    Held* owner = held(rows);
    if (owner == nullptr) return {};
    Check& check = owner->table.checks.emplace_back();
    rows.fill(check);
    check.of_table = rows.flag("with_table") && find_column(owner->table, check.name) != nullptr;
    return settle(check.expr);
  }

  Result<void> read_view(CatalogRows& rows) {
    View view;
    rows.fill(view);
    FORGE_TRY(spell(view.query));
    view.name = rows.name("schema", "name");
    schema_.views[view.name] = std::move(view);
    return {};
  }

  static QName definition_key(const CatalogRows& rows) {
    const QName on = rows.value("on_table") ? rows.name("on_schema", "on_table") : QName{};
    return definition_name(rows.text("kind"), rows.text("own"), on);
  }

  // Servers that keep grants by name keep those on what has gone.
  bool left_over(const CatalogRows& rows) const {
    if (!rows.value("on_table") || rows.text("kind") != "grant") return false;
    const QName on = rows.name("on_schema", "on_table");
    const auto held = tables_.find(on);
    if (held == tables_.end()) return !schema_.views.contains(on);
    const auto& column = rows.value("on_column");
    return column && !find_column(held->second.table, *column);
  }

  Result<void> read_definition(CatalogRows& rows) {
    if (left_over(rows)) return {};
    Definition made;
    rows.fill(made);
    if (rows.value("on_table")) made.on = rows.name("on_schema", "on_table");
    made.name = definition_key(rows);
    schema_.definitions[made.name] = std::move(made);
    return {};
  }

  Result<void> read_definition_part(CatalogRows& rows) {
    const auto found = schema_.definitions.find(definition_key(rows));
    if (found != schema_.definitions.end()) rows.fill(found->second.parts.emplace_back());
    return {};
  }

  Result<void> read_definition_use(CatalogRows& rows) {
    const auto found = schema_.definitions.find(definition_key(rows));
    if (found != schema_.definitions.end()) found->second.uses.push_back(rows.text("uses"));
    return {};
  }

  Result<void> read_unmanaged(CatalogRows& rows) {
    auto name = rows.text("kind") + " " + rows.text("name");
    schema_.unmanaged_hashes[name] = sha256_hex(rows.text("definition"));
    schema_.unmanaged.push_back(std::move(name));
    return {};
  }

  const CatalogRules& rules_;
  std::string database_;
  Schema schema_;
  std::map<QName, Held> tables_;
  std::map<CatalogColumn, ReadColumn> columns_;
};

}  // namespace

Result<Schema> read_catalog(Session& session, const CatalogRules& rules) {
  Reader reader(rules);
  for (const auto& query : rules.queries) {
    auto answer = session.query(query.sql);
    if (!answer && query.may_be_denied && session.failure() == Failure::denied) {
      reader.grants_untold();
      continue;
    }
    if (!answer) {
      answer.error().notes.push_back(fmt::format("while reading the catalog's {}", query.section));
      return fail(std::move(answer).error());
    }
    choose_forms(*answer);
    CatalogRows rows(*answer);
    FORGE_TRY(reader.section(query.section, rows));
  }
  return reader.finish();
}

}  // namespace forge
