#include "engine/model/generated_names.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/model/sql/text.hpp"

namespace forge {
namespace {

constexpr std::size_t kPostgresLimit = 63;  // NAMEDATALEN - 1

// At most `bytes` of the text, never inside a UTF-8 character.
std::string clipped(const std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  std::size_t cut = bytes;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
  return text.substr(0, cut);
}

std::string object_name(const std::string& first, const std::string& second, const std::string& label) {
  const std::size_t overhead = label.size() + 1 + (second.empty() ? 0 : 1);
  std::size_t n1 = first.size(), n2 = second.size();
  while (n1 + n2 + overhead > kPostgresLimit) {
    if (n1 > n2) {
      --n1;
    } else {
      --n2;
    }
  }
  std::string out = clipped(first, n1);
  if (!second.empty()) out += "_" + clipped(second, n2);
  return out + "_" + label;
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string out;
  for (const auto& word : words) {
    if (!out.empty()) out += between;
    out += word;
  }
  return out;
}

template <class Parts>
std::vector<std::string> part_names(const Parts& parts) {
  std::vector<std::string> names;
  names.reserve(parts.size());
  for (const auto& part : parts) names.push_back(part.column.empty() ? "expr" : part.column);
  return names;
}

// The one column that a check names, or "": PostgreSQL puts it into the check's name.
std::string only_column(const Table& table, const std::string& expression) {
  std::string found;
  for (const auto& word : identifiers(expression)) {
    if (!find_column(table, word) || word == found) continue;
    if (!found.empty()) return "";
    found = word;
  }
  return found;
}

// Gives names that are free in one table.
class Namer {
 public:
  Namer(Table& table, Naming naming) : table_(table), naming_(naming) {}

  void run() {
    collect();
    if (table_.primary_key) primary_key(*table_.primary_key);
    for (auto& key : table_.uniques) name(key.name, "unique", "key", part_names(key.parts));
    for (auto& index : table_.indexes) name(index.name, "index", "idx", part_names(index.parts));
    for (auto& key : table_.foreign_keys) name(key.name, "foreign_key", "fkey", key.columns);
    for (auto& check : table_.checks) check_name(check);
    for (auto& exclusion : table_.exclusions) name(exclusion.name, "exclusion", "excl", part_names(exclusion.parts));
  }

 private:
  void collect() {
    const auto add = [&](const auto& list) {
      for (const auto& member : list) taken_.insert(member.name);
    };
    add(table_.uniques);
    add(table_.indexes);
    add(table_.foreign_keys);
    add(table_.checks);
    add(table_.exclusions);
  }

  bool mysql() const { return naming_ == Naming::mysql || naming_ == Naming::mariadb; }

  void primary_key(Key& key) {
    if (mysql()) {
      key.name = "PRIMARY";  // whatever the user calls it
    } else if (key.name.empty() && (naming_ == Naming::postgres || naming_ == Naming::mongodb)) {
      key.name = object_name(table_.name.name, "", "pkey");
    }
  }

  void name(std::string& given, const char* kind, const char* label, const std::vector<std::string>& columns) {
    if (!given.empty()) return;
    const bool index = std::string_view(kind) == "index";  // SQLite has no index without a name either
    if (naming_ == Naming::mongodb && std::string_view(kind) != "foreign_key") {
      given = free_name(columns);
    } else if (naming_ == Naming::postgres || naming_ == Naming::mongodb || (naming_ == Naming::sqlite && index)) {
      given = numbered(joined(columns, "_"), label);
    } else if (naming_ == Naming::sqlite) {
      given = free(fmt::format("{}{}:{}", kUnnamed, kind, joined(columns, ",")));
    } else if (std::string_view(kind) == "foreign_key") {
      given = counted(table_.name.name + "_ibfk_");
    } else {
      given = after_column(columns.empty() ? "index" : columns.front());
    }
    taken_.insert(given);
  }

  void check_name(Check& check) {
    if (!check.name.empty()) return;
    switch (naming_) {
      case Naming::postgres:
      case Naming::mongodb:
        check.name = numbered(only_column(table_, check.expr), "check");
        break;
      case Naming::sqlite:
        check.name = free(fmt::format("{}check:{}", kUnnamed, normalize_expression(check.expr)));
        break;
      case Naming::mysql:
        check.name = counted(table_.name.name + "_chk_");
        break;
      case Naming::mariadb:
        check.name = counted("CONSTRAINT_");
        break;
    }
    taken_.insert(check.name);
  }

  // t_a_key, t_a_key1, t_a_key2 …
  std::string numbered(const std::string& middle, const std::string& label) const {
    for (int i = 0;; ++i) {
      auto made = object_name(table_.name.name, middle, i == 0 ? label : label + std::to_string(i));
      if (!taken_.contains(made)) return made;
    }
  }
  std::string free(const std::string& wanted) const {
    std::string made = wanted;
    const char between = naming_ == Naming::mongodb ? '_' : '#';
    for (int i = 2; taken_.contains(made); ++i) made = fmt::format("{}{}{}", wanted, between, i);
    return made;
  }
  std::string counted(const std::string& stem) const {
    for (int i = 1;; ++i) {
      auto made = stem + std::to_string(i);
      if (!taken_.contains(made)) return made;
    }
  }
  // As MongoDB's own clients name an index: a_1_b_1.
  std::string free_name(const std::vector<std::string>& fields) const { return free(joined(fields, "_1_") + "_1"); }
  std::string after_column(const std::string& column) const {
    std::string made = column;
    for (int i = 2; taken_.contains(made); ++i) made = fmt::format("{}_{}", column, i);
    return made;
  }

  Table& table_;
  Naming naming_;
  std::set<std::string> taken_;
};

}  // namespace

void name_members(Table& table, Naming naming) { Namer(table, naming).run(); }

std::string shown_name(const std::string& name) {
  if (!name.starts_with(kUnnamed)) return name;
  return "(" + name.substr(name.find(':', kUnnamed.size()) + 1) + ")";
}

std::string serial_sequence_name(const std::string& table, const std::string& column) {
  return object_name(table, column, "seq");
}

}  // namespace forge
