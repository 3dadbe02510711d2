#include "engine/emit/spec_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "engine/emit/spec_text.hpp"

namespace forge {
namespace {

std::string expression(std::string_view text) { return "(sql " + lua_string(text) + ")"; }

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Does Lua read the number and write it as the same text again? It knows no 0.0 beside 0, and some fifteen digits.
bool stays_as_written(std::string_view text) {
  constexpr std::size_t kDigits = 15, kZeros = 3;
  if (text == "-0") return false;
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  if (!all_digits(whole) || (whole.size() > 1 && whole.front() == '0') || text.size() > kDigits) return false;
  if (point == std::string_view::npos) return true;
  const auto fraction = text.substr(point + 1);
  return all_digits(fraction) && fraction.back() != '0' &&
         std::min(fraction.find_first_not_of('0'), fraction.size()) <= kZeros;
}

std::string default_call(const Expr& value) {
  switch (value.kind) {
    case Expr::Kind::string:
      return " :default " + lua_string(value.text);
    case Expr::Kind::number:
      return stays_as_written(value.text) ? " :default(" + value.text + ")" : " :default" + expression(value.text);
    case Expr::Kind::boolean:
      return " :default(" + value.text + ")";
    case Expr::Kind::null:
      return " :default(sql \"NULL\")";
    case Expr::Kind::sql:
      break;
  }
  return " :default" + expression(value.text);
}

std::string identity_call(const Identity& identity) {
  std::string options;
  const auto add = [&](const std::string& option) { options += (options.empty() ? "" : ", ") + option; };
  if (identity.always) add("always = true");
  if (identity.start) add(fmt::format("start = {}", *identity.start));
  if (identity.increment) add(fmt::format("increment = {}", *identity.increment));
  if (identity.min) add(fmt::format("min = {}", *identity.min));
  if (identity.max) add(fmt::format("max = {}", *identity.max));
  if (identity.cache) add(fmt::format("cache = {}", *identity.cache));
  if (identity.cycle) add("cycle = true");
  if (!identity.sequence.empty()) add("sequence = " + lua_string(identity.sequence));
  return options.empty() ? " :identity()" : " :identity { " + options + " }";
}

std::string column_line(const Column& column, const ColumnIntent* intent) {
  std::string out = "column " + lua_string(column.name) + type_call(column.type);
  const auto& more = *column.more;
  if (more.identity) out += identity_call(*more.identity);
  if (!column.nullable) out += " :not_null()";
  if (column.default_value) out += default_call(*column.default_value);
  if (more.generated) {
    out += " :generated(" + lua_string(more.generated->expr) + (more.generated->stored ? "" : ", \"virtual\"") + ")";
  }
  if (!more.charset.empty()) out += " :charset " + lua_string(more.charset);
  if (!more.collation.empty()) out += " :collate " + lua_string(more.collation);
  if (!more.on_update.empty()) out += " :on_update_now()";
  if (more.invisible) out += " :invisible()";
  if (!more.comment.empty()) out += " :comment " + lua_string(more.comment);
  return intent ? out + intent_calls(*intent) : out;
}

std::string storage_call(const Settings& storage) {
  if (storage.empty()) return "";
  std::string out = " :storage { ";
  for (std::size_t i = 0; i < storage.size(); ++i) {
    const auto& [name, value] = storage[i];
    const bool word = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos;
    out += fmt::format("{}{} = {}", i ? ", " : "", word ? name : "[" + lua_string(name) + "]", lua_string(value));
  }
  return out + " }";
}

std::string index_line(const Index& index) {
  std::string out = "index " + lua_string(index.name) + " " + parts_text(index.parts);
  if (index.unique) out += " :unique()";
  if (!index.method.empty()) out += " :using " + lua_string(index.method);
  if (!index.include.empty()) out += " :include " + lua_list(index.include);
  if (!index.where.empty()) out += " :where " + lua_string(index.where);
  if (index.nulls_not_distinct) out += " :nulls_not_distinct()";
  if (index.invisible) out += " :invisible()";
  out += storage_call(index.storage);
  return index.comment.empty() ? out : out + " :comment " + lua_string(index.comment);
}

std::string check_line(const Check& check) {
  std::string out = "check ";
  if (!check.name.empty()) out += lua_string(check.name) + " ";
  out += lua_string(check.expr);
  if (check.no_inherit) out += " :no_inherit()";
  if (check.not_enforced) out += " :not_enforced()";
  if (check.of_table) out += " :of_table()";
  return out;
}

std::string exclusion_line(const Exclusion& exclusion) {
  std::string out = "exclude " + lua_string(exclusion.name) + " { ";
  for (std::size_t i = 0; i < exclusion.parts.size(); ++i) {
    const auto& part = exclusion.parts[i];
    out += std::string(i ? ", " : "") + "{ " +
           (part.expr.empty() ? "column = " + lua_string(part.column) : "expr = " + lua_string(part.expr)) +
           ", with = " + lua_string(part.op) + (part.opclass.empty() ? "" : ", opclass = " + lua_string(part.opclass)) +
           " }";
  }
  out += " }";
  if (!exclusion.method.empty()) out += " :using " + lua_string(exclusion.method);
  if (!exclusion.where.empty()) out += " :where " + lua_string(exclusion.where);
  return out + deferral(exclusion.deferrable, exclusion.deferred);
}

std::string option_calls(const TableOptions& options) {
  std::string out;
  const auto text = [&](std::string_view word, const std::string& value) {
    if (!value.empty()) out += fmt::format(" :{} {}", word, lua_string(value));
  };
  text("engine", options.engine);
  text("charset", options.charset);
  text("collate", options.collation);
  text("row_format", options.row_format);
  text("tablespace", options.tablespace);
  text("partition_by", options.partition_by);
  if (!options.inherits.empty()) out += fmt::format(" :inherits {}", lua_list(options.inherits));
  text("partition_bound", options.partition_bound);
  if (options.strict) out += " :strict()";
  if (options.without_rowid) out += " :without_rowid()";
  if (options.unlogged) out += " :unlogged()";
  return out + storage_call(options.storage);
}

std::string table_calls(const Table& table, const TableIntent* intent) {
  std::string out = option_calls(table.options);
  if (!table.comment.empty()) out += " :comment " + lua_string(table.comment);
  return out + intent_calls(intent);
}

std::string table_block(const Table& table, const TableIntent* intent, const std::string& pad) {
  std::string out = pad + "table " + lua_name(table.name) + " {\n";
  const auto line = [&](const std::string& text) { out += pad + "  " + text + ",\n"; };
  for (const auto& column : table.columns) line(column_line(column, column_intent(intent, column.name)));
  if (table.primary_key) line(key_line(*table.primary_key));
  for (const auto& key : table.uniques) line(key_line(key));
  for (const auto& index : table.indexes) line(index_line(index));
  for (const auto& key : table.foreign_keys) line(foreign_key_line(key));
  for (const auto& check : table.checks) line(check_line(check));
  for (const auto& exclusion : table.exclusions) line(exclusion_line(exclusion));
  return out + pad + "}" + table_calls(table, intent) + ",\n";
}

std::string sequence_line(const Sequence& sequence) {
  std::string out = "sequence " + lua_name(sequence.name);
  const auto number = [&](std::string_view word, const std::optional<std::int64_t>& value) {
    if (value) out += fmt::format(" :{}({})", word, *value);
  };
  if (!sequence.type.empty()) out += " :as " + lua_string(sequence.type);
  number("start", sequence.start);
  number("increment", sequence.increment);
  number("min", sequence.min);
  number("max", sequence.max);
  number("cache", sequence.cache);
  if (sequence.cycle) out += " :cycle()";
  if (!sequence.owned_by.empty()) out += " :owned_by " + lua_string(sequence.owned_by);
  return sequence.comment.empty() ? out : out + " :comment " + lua_string(sequence.comment);
}

std::string view_line(const View& view) {
  std::string out = std::string(view.materialized ? "materialized_view " : "view ") + lua_name(view.name) + " " +
                    lua_string(view.query);
  if (!view.columns.empty()) out += " :columns " + lua_list(view.columns);
  if (view.security_invoker) out += " :security_invoker()";
  if (!view.definer.empty()) out += " :definer " + lua_string(view.definer);
  if (!view.check_option.empty()) out += " :check_option " + lua_string(view.check_option);
  return view.comment.empty() ? out : out + " :comment " + lua_string(view.comment);
}

std::string definition_line(const Definition& one) {
  std::string out = "definition " + lua_string(one.name.name) + " { create = " + lua_string(one.create);
  const auto field = [&](const char* name, const std::string& text) {
    if (!text.empty()) out += fmt::format(", {} = {}", name, lua_string(text));
  };
  field("body", one.body);
  field("drop", one.drop);
  field("definer", one.definer);
  field("kind", one.kind);
  if (!one.on.empty()) field("on", display(one.on));
  field("shape", one.shape);
  if (one.replaces) out += ", replaces = true";
  if (!one.uses.empty()) out += ", uses = " + lua_list(one.uses);
  if (!one.parts.empty()) {
    out += ", parts = {";
    for (const auto& part : one.parts) {
      out += fmt::format(" {{ key = {}, make = {}", lua_string(part.key), lua_string(part.make));
      field("undo", part.undo);
      out += " },";
    }
    out += " }";
  }
  return out + " }";
}

std::string comment_call(const std::string& comment) {
  return comment.empty() ? "" : " :comment " + lua_string(comment);
}

std::string hint_text(const Hint& hint) {
  std::string out;
  const auto add = [&](const std::string& text) { out += (out.empty() ? "" : ", ") + text; };
  if (hint.rows) add(fmt::format("rows = {}", *hint.rows));
  if (hint.bytes) add(fmt::format("bytes = {}", *hint.bytes));
  if (hint.writes_per_second) add(fmt::format("writes_per_second = {}", *hint.writes_per_second));
  if (hint.hot) add(fmt::format("hot = {}", *hint.hot));
  if (hint.critical) add(fmt::format("critical = {}", *hint.critical));
  return "{ " + out + " }";
}

}  // namespace

std::string write_schema(const Schema& schema, const Intents& intents, int indent, SpecForm form) {
  const std::string pad(static_cast<std::size_t>(indent) + 2, ' ');
  std::string out = "schema {\n";
  const auto line = [&](const std::string& text) { out += pad + text + ",\n"; };
  for (const auto& [name, space] : schema.namespaces)
    line("namespace " + lua_string(name.name) + comment_call(space.comment));
  for (const auto& [name, type] : schema.enums) {
    line("enum " + lua_name(name) + " " + lua_list(type.values) + comment_call(type.comment));
  }
  for (const auto& [name, sequence] : schema.sequences) line(sequence_line(sequence));
  for (const auto& [name, table] : schema.tables) {
    const auto* intent = intent_of(intents, name);
    out += form == SpecForm::collections ? collection_block(*table, intent, pad) : table_block(*table, intent, pad);
  }
  for (const auto& [name, view] : schema.views) {
    line(form == SpecForm::collections ? document_view_line(view) : view_line(view));
  }
  for (const auto& entry : schema.definitions) line(definition_line(entry.second));
  return out + std::string(static_cast<std::size_t>(indent), ' ') + "}";
}

std::string write_spec(const Spec& spec, SpecForm form) {
  std::string out = "migration " + lua_string(spec.id) + " {\n";
  for (const auto& [word, text] : spec.header) out += "  " + word + " = " + lua_string(text) + ",\n";
  out += "  before = " + write_schema(spec.before, {}, 2, form) + ",\n";
  out += "  after = " + write_schema(spec.after, spec.intents, 2, form) + ",\n";
  if (!spec.hints.empty()) {
    out += "  hints = {\n";
    for (const auto& [name, hint] : spec.hints) out += "    [" + lua_name(name) + "] = " + hint_text(hint) + ",\n";
    out += "  },\n";
  }
  return out + "}\n";
}

}  // namespace forge
