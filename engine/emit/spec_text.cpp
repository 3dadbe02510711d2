#include "engine/emit/spec_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace forge {

std::string lua_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\{:03}", byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string lua_json(const std::string& text) {
  const bool plain =
      std::ranges::none_of(text, [](unsigned char c) { return c == '\'' || c == '\\' || c < 0x20 || c == 0x7F; });
  return plain ? "'" + text + "'" : lua_string(text);
}

std::string lua_name(const QName& name) { return lua_string(display(name)); }

std::string lua_list(const std::vector<std::string>& items) {
  if (items.empty()) return "{}";
  std::string out = "{ ";
  for (std::size_t i = 0; i < items.size(); ++i) out += (i ? ", " : "") + lua_string(items[i]);
  return out + " }";
}

namespace {

// An integer with a width at which it is shown (MariaDB): the language has no word for that.
std::string shown_integer(const Type& type) {
  const std::string word = type.name == "integer" ? "int" : type.name;
  return fmt::format(" :type \"{}({}){}\"", word, type.args.front(), type.more->is_unsigned ? " unsigned" : "");
}

bool is_integer(const std::string& word) {
  return word == "tinyint" || word == "smallint" || word == "mediumint" || word == "integer" || word == "bigint";
}

std::string part_text(const IndexPart& part) {
  std::string out = part.expr.empty() ? lua_string(part.column) : "expr " + lua_string(part.expr);
  if (part.length > 0) out = fmt::format("prefix({}, {})", lua_string(part.column), part.length);
  std::string calls;
  if (!part.opclass.empty()) calls += " :opclass " + lua_string(part.opclass);
  if (!part.collation.empty()) calls += " :collate " + lua_string(part.collation);
  if (!part.nulls.empty()) calls += " :nulls " + lua_string(part.nulls);
  const bool plain = part.expr.empty() && part.length == 0;
  if (part.desc) {
    out = plain ? "desc " + out : "desc(" + out + ")";
  } else if (plain && !calls.empty()) {
    out = "asc " + out;  // a bare string takes no calls
  }
  return out + calls;
}

}  // namespace

std::string type_call(const Type& type) {
  if (is_integer(type.name) && !type.args.empty()) return shown_integer(type);
  std::string out;
  if (type.name == "native" || type.name == "user") {
    out = " :type " + lua_string(type.more->ref);
  } else if (type.name == "enum" || type.name == "set") {
    out =
        " :" + type.name + " " + (type.more->values.empty() ? lua_string(type.more->ref) : lua_list(type.more->values));
  } else {
    std::string args;
    for (const auto value : type.args) args += fmt::format("{}{}", args.empty() ? "" : ", ", value);
    out = " :" + type.name + "(" + args + ")";
  }
  if (type.more->is_unsigned) out += " :unsigned()";
  for (int i = 0; i < type.more->array; ++i) out += " :array()";
  return out;
}

std::string intent_calls(const ColumnIntent& intent) {
  std::string out;
  if (!intent.renamed_from.empty()) out += " :renamed_from " + lua_string(intent.renamed_from);
  if (!intent.backfill_up.empty() && intent.backfill_down.empty()) {
    out += " :backfill " + lua_string(intent.backfill_up);
  } else if (!intent.backfill_up.empty()) {
    out +=
        " :backfill { up = " + lua_string(intent.backfill_up) + ", down = " + lua_string(intent.backfill_down) + " }";
  }
  if (!intent.strategy.empty()) out += " :strategy " + lua_string(intent.strategy);
  return out;
}

std::string intent_calls(const TableIntent* intent) {
  std::string out;
  if (!intent) return out;
  if (!intent->renamed_from.empty()) out += " :renamed_from " + lua_name(intent->renamed_from);
  if (!intent->strategy.empty()) out += " :strategy " + lua_string(intent->strategy);
  return out;
}

std::string parts_text(const std::vector<IndexPart>& parts) {
  std::string out = "{ ";
  for (std::size_t i = 0; i < parts.size(); ++i) out += (i ? ", " : "") + part_text(parts[i]);
  return out + " }";
}

std::string deferral(bool deferrable, bool deferred) {
  if (!deferrable) return "";
  return deferred ? " :deferrable \"deferred\"" : " :deferrable()";
}

std::string key_line(const Key& key) {
  std::string out = std::string(key.primary ? "primary_key " : "unique ") + parts_text(key.parts);
  if (!key.name.empty()) out += " :name " + lua_string(key.name);
  if (!key.include.empty()) out += " :include " + lua_list(key.include);
  if (key.nulls_not_distinct) out += " :nulls_not_distinct()";
  return out + deferral(key.deferrable, key.deferred);
}

std::string foreign_key_line(const ForeignKey& key) {
  std::string out = "foreign_key ";
  if (!key.name.empty()) out += lua_string(key.name) + " ";
  out += lua_list(key.columns) + " :references(" + lua_name(key.ref) + ", " + lua_list(key.ref_columns) + ")";
  if (!key.on_delete.empty()) out += " :on_delete " + lua_string(key.on_delete);
  if (!key.on_update.empty()) out += " :on_update " + lua_string(key.on_update);
  if (!key.match.empty()) out += " :match " + lua_string(key.match);
  if (key.not_enforced) out += " :not_enforced()";
  return out + deferral(key.deferrable, key.deferred);
}

const TableIntent* intent_of(const Intents& intents, const QName& name) {
  const auto found = intents.tables.find(name);
  return found == intents.tables.end() ? nullptr : &found->second;
}

const ColumnIntent* column_intent(const TableIntent* intent, const std::string& name) {
  if (!intent) return nullptr;
  const auto found = intent->columns.find(name);
  return found == intent->columns.end() ? nullptr : &found->second;
}

}  // namespace forge
