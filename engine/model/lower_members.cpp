// Lowering of what lives in tables besides columns, and of what stands beside tables.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/model/lower.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {
namespace {

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(c < 128 ? std::tolower(c) : c); });
  return text;
}

bool has_expression(const std::vector<IndexPart>& parts) {
  return std::ranges::any_of(parts, [](const IndexPart& part) { return !part.expr.empty(); });
}

// Without the white space around it and its final semicolon: no part of a view's definition.
std::string trimmed(const std::string& text) {
  constexpr std::string_view kEdge = " \t\r\n";
  const auto first = text.find_first_not_of(kEdge);
  const auto last = text.find_last_not_of(" \t\r\n;");
  return first == std::string::npos || last == std::string::npos ? "" : text.substr(first, last - first + 1);
}

// `class (a = 1, b = '2')` as PostgreSQL writes it: parameters in order of name, their values as texts.
std::string settled_class(const std::string& text) {
  const auto open = text.find('(');
  if (open == std::string::npos) return text;
  std::vector<std::string> parameters(1);
  for (const auto& token : sql_tokens(std::string_view(text).substr(open + 1))) {
    if (token.kind == TokenKind::space || token.kind == TokenKind::comment || token.text == ")") continue;
    if (token.text == ",") {
      parameters.emplace_back();
      continue;
    }
    auto& parameter = parameters.back();
    const std::string said(token.text);
    const bool quoted = token.kind == TokenKind::string || token.kind == TokenKind::quoted;
    parameter += quoted ? said : parameter.ends_with('=') ? fmt::format("'{}'", said) : lower_case(said);
  }
  std::ranges::sort(parameters);
  return fmt::format("{} ({})", trimmed(text.substr(0, open)), fmt::join(parameters, ", "));
}

// What nobody states is NO ACTION. MariaDB calls that RESTRICT, and means the same by both.
std::string action(const std::string& text, bool mariadb) {
  const std::string word = lower_case(text);
  return word == (mariadb ? "restrict" : "no action") ? "" : word;
}

}  // namespace

void Lowering::lower_parts(const Table& table, const std::string& owner, std::vector<IndexPart>& parts) {
  const bool postgres = rules_.naming == Naming::postgres;
  const bool mysql = rules_.naming == Naming::mysql || rules_.naming == Naming::mariadb;
  const std::string object = fmt::format("{} of {}", owner, display(table.name));
  for (auto& part : parts) {
    // PostgreSQL: nulls come last, descending first; SQLite the other way round.
    const char* usual = (postgres != part.desc) ? "last" : "first";
    part.nulls = lower_case(part.nulls);
    if (part.nulls == usual) part.nulls.clear();
    if (!part.nulls.empty() && !postgres) {
      without(object, "NULLS FIRST or LAST in an index");
      part.nulls.clear();
    }
    if (!part.opclass.empty() && !postgres && rules_.naming != Naming::mongodb) {
      without(object, "operator classes");
      part.opclass.clear();
    }
    if (postgres) part.opclass = settled_class(part.opclass);
    if (part.length > 0 && !mysql) {
      without(object, "prefix lengths: the whole value is indexed");
      part.length = 0;
    }
  }
}

void Lowering::lower_indexes(Table& table) {
  std::erase_if(table.indexes, [&](const Index& index) {
    const std::string object = fmt::format("index {} of {}", index.name, display(table.name));
    if (has_expression(index.parts) && !rules_.can("expression_index")) {
      without(object, "indexes on expressions: it is left out");
      return true;
    }
    if (!index.where.empty() && index.unique && !rules_.can("partial_index")) {
      without(object, "partial indexes: it is left out, and its uniqueness is not enforced");
      return true;
    }
    return false;
  });
  for (auto& index : table.indexes) {
    const std::string object = fmt::format("index {} of {}", index.name, display(table.name));
    index.method = lower_case(index.method);
    if (index.method == "btree") index.method.clear();
    if (rules_.naming == Naming::sqlite && !index.method.empty()) {
      without(object, fmt::format("index method {}: it is an ordinary index", index.method));
      index.method.clear();
    }
    if (!index.where.empty() && !rules_.can("partial_index")) {
      without(object, "partial indexes: it covers every row");
      index.where.clear();
    }
    if (!index.include.empty() && !rules_.can("include")) {
      without(object, "INCLUDE columns");
      index.include.clear();
    }
    if (index.invisible && !rules_.can("invisible_index")) {
      without(object, "invisible indexes");
      index.invisible = false;
    }
    if (!index.comment.empty() && !rules_.can("comments")) {
      without(object, "comments: this one stays in the spec");
      index.comment.clear();
    }
    if (!index.storage.empty() && rules_.naming != Naming::postgres && rules_.naming != Naming::mongodb) {
      without(object, "storage parameters of an index");
      index.storage.clear();
    }
    lower_parts(table, "index " + index.name, index.parts);
  }
}

void Lowering::lower_keys(Table& table) {
  const auto lower_key = [&](Key& key, const char* owner) {
    if (!key.include.empty() && !rules_.can("include")) {
      without(fmt::format("{} of {}", owner, display(table.name)), "INCLUDE columns");
      key.include.clear();
    }
    if (key.deferrable && rules_.naming != Naming::postgres) {
      without(fmt::format("{} of {}", owner, display(table.name)), "deferrable keys");
      key.deferrable = key.deferred = false;
    }
    if (key.nulls_not_distinct && rules_.naming != Naming::postgres) {
      without(fmt::format("{} of {}", owner, display(table.name)), "NULLS NOT DISTINCT: several NULLs are allowed");
      key.nulls_not_distinct = false;
    }
    lower_parts(table, owner, key.parts);
  };
  if (table.primary_key) {
    table.primary_key->primary = true;
    lower_key(*table.primary_key, "primary key");
    for (const auto& part : table.primary_key->parts) {
      // SQLite lets a primary key be NULL unless it is told otherwise, and its catalog says so.
      Column* column = rules_.naming == Naming::sqlite ? nullptr : find_column(table, part.column);
      if (column) column->nullable = false;
    }
  }
  for (auto& key : table.uniques) lower_key(key, "unique constraint");
}

void Lowering::lower_foreign_keys(const Schema& schema, Table& table) {
  for (auto& key : table.foreign_keys) {
    key.on_delete = action(key.on_delete, rules_.naming == Naming::mariadb);
    key.on_update = action(key.on_update, rules_.naming == Naming::mariadb);
    key.match = lower_case(key.match) == "full" ? "full" : "";
    const Table* target = key.ref == table.name ? &table : schema.table(key.ref);
    if (key.ref_columns.empty() && target && target->primary_key) {
      for (const auto& part : target->primary_key->parts) key.ref_columns.push_back(part.column);
    }
    if (key.deferrable && !rules_.can("deferrable")) {
      without(fmt::format("foreign key of {} to {}", display(table.name), display(key.ref)), "deferrable constraints");
      key.deferrable = key.deferred = false;
    }
  }
}

void Lowering::lower_members(const Schema& schema, Table& table) {
  lower_keys(table);
  lower_indexes(table);
  lower_foreign_keys(schema, table);
  for (auto& check : table.checks) {
    check.of_table = check.of_table && rules_.naming == Naming::mariadb && find_column(table, check.name) != nullptr;
  }
  if (!table.exclusions.empty() && !rules_.can("exclusion")) {
    for (const auto& exclusion : table.exclusions) {
      without(fmt::format("{} of {}", exclusion.name, display(table.name)), "exclusion constraints: it is left out");
    }
    table.exclusions.clear();
  }
  for (auto& exclusion : table.exclusions) {
    if (exclusion.method.empty()) exclusion.method = "gist";
  }
}

void Lowering::lower_options(Table& table) {
  auto& options = table.options;
  const std::string object = display(table.name);
  const bool mysql = rules_.naming == Naming::mysql || rules_.naming == Naming::mariadb;
  const auto clear_text = [&](std::string& value, bool held, const char* what) {
    if (value.empty() || held) return;
    without(object, what);
    value.clear();
  };
  const auto clear_flag = [&](bool& value, bool held, const char* what) {
    if (!value || held) return;
    without(object, what);
    value = false;
  };
  clear_text(options.engine, mysql, "storage engines");
  clear_text(options.charset, mysql, "character set of a table");
  clear_text(options.collation, mysql, "collation of a table");
  clear_text(options.row_format, mysql, "row formats");
  clear_text(options.tablespace, rules_.naming == Naming::postgres, "tablespaces");
  const bool partitions = rules_.naming != Naming::sqlite && rules_.naming != Naming::mongodb;
  clear_text(options.partition_by, partitions, "partitions: it is one table");
  if (!options.inherits.empty() && rules_.naming != Naming::postgres) {
    without(object, "inheritance: the columns must be stated");
    options.inherits.clear();
  }
  clear_text(options.partition_bound, rules_.naming == Naming::postgres, "partitions as tables");
  clear_flag(options.strict, rules_.naming == Naming::sqlite, "STRICT tables: its types are always enforced");
  clear_flag(options.without_rowid, rules_.naming == Naming::sqlite, "WITHOUT ROWID");
  clear_flag(options.unlogged, rules_.naming == Naming::postgres, "unlogged tables");
  if (!options.storage.empty() && rules_.naming != Naming::postgres && rules_.naming != Naming::mongodb) {
    without(object, "storage parameters");
    options.storage.clear();
  }
  if (rules_.naming == Naming::mongodb) std::ranges::sort(options.storage);
  options.row_format = lower_case(options.row_format);
  clear_text(table.comment, rules_.can("comments"), "comments: this one stays in the spec");
}

void Lowering::lower_objects(Schema& schema) {
  if (rules_.naming == Naming::mongodb) lower_mongodb_objects(schema);
  if (!rules_.can("named_enums")) schema.enums.clear();  // written into their columns, or into checks
  if (!rules_.can("sequences")) {
    for (const auto& [name, sequence] : schema.sequences)
      without("sequence " + display(name), "sequences: it is left out");
    schema.sequences.clear();
  }
  if (!rules_.can("namespaces")) {
    for (const auto& [name, space] : schema.namespaces) without("schema " + display(name), "schemas: it is left out");
    schema.namespaces.clear();
  }
}

void Lowering::lower_views(Schema& schema) {
  std::erase_if(schema.views, [&](const auto& entry) {
    if (!entry.second.materialized || rules_.can("materialized_view")) return false;
    without("materialised view " + display(entry.first), "materialised views: it is left out");
    return true;
  });
  for (auto& [name, view] : schema.views) {
    view.query = trimmed(view.query);
    view.check_option = lower_case(view.check_option);
    if (view.security_invoker && rules_.naming == Naming::sqlite) view.security_invoker = false;  // always so there
    if (!view.comment.empty() && rules_.naming != Naming::postgres) {
      without("view " + display(name), "comments on views: this one stays in the spec");
      view.comment.clear();
    }
    if (!view.check_option.empty() && rules_.naming == Naming::sqlite) {
      without("view " + display(name), "CHECK OPTION");
      view.check_option.clear();
    }
    view.uses.clear();
    std::set<QName> used;
    const auto list = identifiers(view.query);
    const std::set<std::string> words(list.begin(), list.end());
    const auto consider = [&](const QName& candidate) {
      if (candidate == name) return;
      if (schema.tables.contains(candidate) || schema.views.contains(candidate)) used.insert(candidate);
    };
    for (const auto& word : words) {
      consider({"", word});
      consider({name.schema, word});
      for (const auto& [space, object] : schema.namespaces) {
        if (words.contains(space.name)) consider({space.name, word});
      }
    }
    view.uses.assign(used.begin(), used.end());
  }
}

}  // namespace forge
