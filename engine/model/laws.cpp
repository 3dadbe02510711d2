#include "engine/model/laws.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <unordered_map>

#include "engine/base/letters.hpp"
#include "engine/model/law_generated.hpp"
#include "engine/model/law_keys.hpp"
#include "engine/model/law_types.hpp"
#include "engine/model/lower.hpp"
#include "engine/model/places.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {
namespace {

struct Breach {
  QName object;
  std::string column;
  std::string message, hint;
  QName other = {};  // what else it lies in, where the spec says nothing of `object`
  std::string other_column = {};
};

bool one_of(const std::string& word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

bool whole_number(const Type& type) {
  return one_of(type.name, {"tinyint", "smallint", "mediumint", "integer", "bigint"});
}

// Texts without a bound on their length.
bool long_text(const Type& type) { return type.name.ends_with("text") || type.name.ends_with("blob"); }

std::int64_t character_size(const Table& table, const Column& column, std::int64_t otherwise) {
  const std::string& own = column.more->charset;
  const std::string charset = folded(own.empty() ? table.options.charset : own);
  if (charset.empty()) return otherwise;
  if (charset == "utf8mb4" || charset.starts_with("utf16") || charset == "utf32") return 4;
  return charset.starts_with("utf8") ? 3 : 1;
}

class Court {
 public:
  Court(const Schema& schema, const Laws& laws, std::string engine)
      : schema_(schema), laws_(laws), engine_(std::move(engine)) {}

  std::vector<Breach> sit() {
    for (const auto& entry : schema_.tables) table(*entry.second);
    names();
    views();
    return std::move(found_);
  }

 private:
  void say(const QName& object, const std::string& column, std::string message, std::string hint) {
    found_.push_back({object, column, std::move(message), std::move(hint), {}, {}});
  }

  void table(const Table& t) {
    for (const auto& column : t.columns) column_name(t, column);
    if (laws_.lengths_bind) {
      for (const auto& column : t.columns) default_fits(t, column);
    }
    for (const auto& column : t.columns) {
      if (laws_.unchecked_counter && column.more->identity) unchecked(t, column);
    }
    for (const auto& column : t.columns) {
      if (auto fault = generated_fault(t, column, laws_, engine_))
        say(t.name, column.name, std::move(fault->message), std::move(fault->hint));
    }
    if (laws_.one_counter) counters(t);
    if (laws_.rowid_needs_key && t.options.without_rowid && !t.primary_key) {
      say(t.name, "", fmt::format("table '{}' is WITHOUT ROWID and has no primary key", display(t.name)),
          "give it a :primary_key(), or leave :without_rowid() out");
    }
    if (t.primary_key) key(t, "the primary key", t.primary_key->parts);
    for (const auto& one : t.uniques) key(t, "a unique key", one.parts);
    for (const auto& one : t.indexes) {
      if (!one_of(one.method, {"fulltext", "spatial"})) key(t, fmt::format("index '{}'", one.name), one.parts);
    }
    if (laws_.typed_references || laws_.compared_references) {
      for (const auto& one : t.foreign_keys) reference(t, one);
    }
    if (laws_.indexed_references) {
      for (const auto& one : t.foreign_keys) indexed_reference(t, one);
    }
    if (laws_.unique_references) {
      for (const auto& one : t.foreign_keys) unique_reference(t, one);
    }
    partitions(t);
  }

  void column_name(const Table& t, const Column& column) {
    const auto where = [&] { return display(t.name) + "." + column.name; };  // asked for by faults alone
    if (std::ranges::find(laws_.system_columns, column.name) != laws_.system_columns.end()) {
      say(t.name, column.name,
          fmt::format("'{}' has the name of a column that {} keeps in every table", where(), engine_),
          "give it another name");
    }
    if (laws_.no_final_space && column.name.ends_with(' ')) {
      say(t.name, column.name, fmt::format("the name of '{}' ends with a space, which {} refuses", where(), engine_),
          "");
    }
  }

  // The server would find it in the middle of the script, or at the first row that leaves the column out.
  void default_fits(const Table& t, const Column& column) {
    const auto& text = column.default_value;
    if (!text || text->kind != Expr::Kind::string || column.type.args.empty()) return;
    if (!one_of(column.type.name, {"char", "varchar"})) return;
    const auto first_byte = [](unsigned char c) { return (c & 0xC0) != 0x80; };
    const auto end = text->text.find_last_not_of(' ');  // spaces at the end are cut without a word
    const auto held = std::string_view(text->text).substr(0, end == std::string::npos ? 0 : end + 1);
    const auto characters = std::ranges::count_if(held, first_byte);
    if (characters <= column.type.args[0]) return;
    say(t.name, column.name,
        fmt::format("the default of '{}.{}' has {} characters, and its type holds {}", display(t.name), column.name,
                    characters, column.type.args[0]),
        "make the type wider or the default shorter");
  }

  void unchecked(const Table& t, const Column& column) {
    for (const auto& check : t.checks) {
      if (!names_object(check.expr, column.name)) continue;
      say(t.name, column.name,
          fmt::format("the check '{}' of '{}' names '{}', which counts up", check.name, display(t.name), column.name),
          fmt::format("{} checks no column that it numbers by itself", engine_));
    }
  }

  static bool heads(const std::vector<IndexPart>& parts, const std::string& name) {
    return !parts.empty() && parts.front().column == name;
  }

  void counters(const Table& t) {
    const Column* first = nullptr;
    for (const auto& column : t.columns) {
      if (!column.more->identity) continue;
      const auto where = display(t.name) + "." + column.name;
      if (first) {
        say(t.name, column.name,
            fmt::format("'{}' counts up, and so does '{}': {} counts up one column of a table", where, first->name,
                        engine_),
            "leave :identity() out of one of them");
      }
      first = &column;
      const auto by = [&](const auto& list) {
        return std::ranges::any_of(list, [&](const auto& one) { return heads(one.parts, column.name); });
      };
      const bool keyed = (t.primary_key && heads(t.primary_key->parts, column.name)) || by(t.uniques) || by(t.indexes);
      if (keyed) continue;
      say(t.name, column.name, fmt::format("'{}' counts up, and no key or index of its table begins with it", where),
          fmt::format("{} asks for one: make it the primary key, or add index \"…\" {{ \"{}\" }}", engine_,
                      column.name));
    }
  }

  void key(const Table& t, const std::string& what, const std::vector<IndexPart>& parts) {
    std::int64_t bytes = 0;
    for (const auto& part : parts) {
      const Column* column = part.column.empty() ? nullptr : find_column(t, part.column);
      if (!column) continue;
      if (laws_.text_keys_need_length && part.length == 0 && long_text(column->type)) {
        say(t.name, column->name,
            fmt::format("{} of '{}' holds '{}', a {} without a bound on its length", what, display(t.name),
                        column->name, column->type.name),
            fmt::format(
                "{} indexes the first characters of such a text: write prefix(\"{}\", 100), or make it a varchar",
                engine_, column->name));
        return;
      }
      bytes += part_bytes(t, *column, part.length);
    }
    if (laws_.key_bytes == 0 || bytes <= laws_.key_bytes) return;
    say(t.name, "",
        fmt::format("{} of '{}' takes {} bytes; {} keeps keys of at most {}", what, display(t.name), bytes, engine_,
                    laws_.key_bytes),
        "shorten its columns, or index the first characters of them by prefix(\"column\", 100)");
  }

  // Texts alone: nothing else comes near the bound.
  std::int64_t part_bytes(const Table& t, const Column& column, std::int64_t prefix) const {
    const bool text = one_of(column.type.name, {"varchar", "char"}) || column.type.name.ends_with("text");
    if (!text && !one_of(column.type.name, {"varbinary", "binary"})) return 0;
    const std::int64_t length = prefix > 0 ? prefix : column.type.args.empty() ? 1 : column.type.args[0];
    return length * (text ? character_size(t, column, laws_.character_bytes) : 1);
  }

  // The end of a foreign key that is altered may be the one that is referred to.
  void beside(const Table& target, const Column& column) {
    found_.back().other = target.name;
    found_.back().other_column = column.name;
  }

  void reference(const Table& t, const ForeignKey& key) {
    const Table* target = schema_.table(key.ref);
    for (std::size_t i = 0; target && i < key.columns.size() && i < key.ref_columns.size(); ++i) {
      const Column* own = find_column(t, key.columns[i]);
      const Column* other = find_column(*target, key.ref_columns[i]);
      if (!own || !other) continue;
      if (!may_refer(*own, *other, laws_.typed_references)) {
        say(t.name, own->name,
            fmt::format("'{}.{}' is {} and refers to '{}.{}', which is {}{}", display(t.name), own->name,
                        own->type.name, display(target->name), other->name, other->type.name,
                        own->type.name == other->type.name ? " in another collation" : ""),
            fmt::format("{} does not compare the two: give both ends of the foreign key one type", engine_));
        beside(*target, *other);
        continue;
      }
      if (!laws_.typed_references || !whole_number(own->type) || !whole_number(other->type)) continue;
      if (own->type.name == other->type.name && own->type.more->is_unsigned == other->type.more->is_unsigned) continue;
      const auto text = [](const Type& type) { return type.name + (type.more->is_unsigned ? " unsigned" : ""); };
      say(t.name, own->name,
          fmt::format("'{}.{}' is {} and refers to '{}.{}', which is {}", display(t.name), own->name, text(own->type),
                      display(target->name), other->name, text(other->type)),
          fmt::format("{} asks for one type at both ends of a foreign key", engine_));
      beside(*target, *other);
    }
  }

  void indexed_reference(const Table& t, const ForeignKey& key) {
    const Table* target = schema_.table(key.ref);
    const auto stands = [&](const std::string& column) { return find_column(*target, column) != nullptr; };
    if (!target || key.columns.empty() || !std::ranges::all_of(key.ref_columns, stands)) return;
    if (begins_an_index(*target, key.ref_columns)) return;
    say(t.name, key.columns.front(),
        fmt::format(
            "a foreign key of '{}' refers to {} ({}), and no key or index of it begins with these in this order",
            display(t.name), display(target->name), fmt::join(key.ref_columns, ", ")),
        fmt::format("{} asks for one: name the columns in the order of a key, at both ends, or add unique {{ … }}",
                    engine_));
    beside(*target, *find_column(*target, key.ref_columns.front()));
  }

  void unique_reference(const Table& t, const ForeignKey& key) {
    const Table* target = schema_.table(key.ref);
    if (!target || key.columns.empty() || made_unique(*target, key.ref_columns)) return;
    say(t.name, key.columns.front(),
        fmt::format("a foreign key of '{}' refers to {} ({}), and no key makes it unique", display(t.name),
                    display(target->name), fmt::join(key.ref_columns, ", ")),
        "reference a primary key, or columns with a unique constraint");
  }

  // A partition's columns are those of the table above it, and a database shows none as its own.
  void shared_columns(const Table& t) {
    if (t.options.partition_bound.empty() || t.columns.empty()) return;
    say(t.name, "",
        fmt::format("'{}' is a partition of '{}' and states columns", display(t.name), t.options.inherits.front()),
        fmt::format("leave them out, table \"{}\" {{}} :inherits {{ … }}: they are those of the table above it",
                    display(t.name)));
  }

  // `range (created_at)`: plain columns between the brackets must be there; expressions are the engine's to judge.
  void partitions(const Table& t) {
    if (!t.options.inherits.empty()) return shared_columns(t);
    const std::string& text = t.options.partition_by;
    const auto open = text.find('('), close = text.rfind(')');
    if (open == std::string::npos || close == std::string::npos || close < open) return;
    const auto inner = text.substr(open + 1, close - open - 1);
    if (inner.find_first_of("()+-*/:'") != std::string::npos) return;
    const auto names = identifiers(inner);
    if (names.size() != static_cast<std::size_t>(std::ranges::count(inner, ',')) + 1) return;
    for (const auto& name : names) {
      const bool there =
          std::ranges::any_of(t.columns, [&](const Column& c) { return folded(c.name) == folded(name); });
      if (there) continue;
      say(t.name, "", fmt::format("table '{}' is partitioned by '{}', and has no such column", display(t.name), name),
          "");
    }
  }

  // Names that must be used once: by what they name, in words.
  // What bears a name: "an index of", 't'. The name must outlive it.
  struct Bearer {
    const char* noun;
    const QName* name;
    std::string text() const { return fmt::format("{} '{}'", noun, display(*name)); }
  };
  struct Register {
    std::unordered_map<std::string, Bearer> taken;
  };

  void enter(Register& list, const QName& holder, const QName& name, const Bearer& what) {
    if (name.name.empty() || name.name.starts_with(kUnnamed)) return;
    auto key = laws_.caseless_names ? folded(name.name) : name.name;
    if (!name.schema.empty()) key += '\0' + name.schema;  // no name holds a zero byte
    const auto [at, fresh] = list.taken.emplace(std::move(key), what);
    if (fresh) return;
    say(holder, "", fmt::format("{} and {} have one name, '{}'", at->second.text(), what.text(), display(name)),
        fmt::format("{} tells them apart by their names alone: give one of them another one", engine_));
  }

  void reserved(const QName& holder, const std::string& name, const Bearer& what) {
    if (laws_.reserved_prefix.empty() || !folded(name).starts_with(laws_.reserved_prefix)) return;
    say(holder, "",
        fmt::format("{} has a name that begins with '{}', which {} keeps to itself", what.text(), laws_.reserved_prefix,
                    engine_),
        "give it another name");
  }

  void names() {
    Register relations, checks, keys, rows;
    for (const auto& [name, t] : schema_.tables) {
      const Bearer what{"table", &name};
      reserved(name, name.name, what);
      if (laws_.one_namespace) enter(relations, name, name, what);
      if (laws_.enums_are_rows) enter(rows, name, name, what);
    }
    for (const auto& entry : schema_.views) {
      const Bearer what{"view", &entry.first};
      reserved(entry.first, entry.first.name, what);
      if (laws_.one_namespace) enter(relations, entry.first, entry.first, what);
      if (laws_.enums_are_rows) enter(rows, entry.first, entry.first, what);
    }
    for (const auto& entry : schema_.sequences) {
      const Bearer what{"sequence", &entry.first};
      if (laws_.one_namespace) enter(relations, entry.first, entry.first, what);
    }
    for (const auto& entry : schema_.enums) {
      if (laws_.enums_are_rows) enter(rows, entry.first, entry.first, {"enum", &entry.first});
    }
    for (const auto& entry : schema_.tables) members(*entry.second, relations, checks, keys);
  }

  void members(const Table& t, Register& relations, Register& checks, Register& keys) {
    const auto all = [&](const auto& list, Register& where, const char* noun) {
      for (const auto& one : list) {
        enter(where, t.name, {t.name.schema, one.name}, {noun, &t.name});
      }
    };
    for (const auto& index : t.indexes) {
      const QName name{"", index.name};
      reserved(t.name, index.name, {"index", &name});
    }
    if (laws_.one_namespace) all(t.indexes, relations, "an index of");
    if (laws_.keys_are_relations) {
      if (t.primary_key) all(std::vector<Key>{*t.primary_key}, relations, "the primary key of");
      all(t.uniques, relations, "a unique constraint of");
      all(t.exclusions, relations, "an exclusion constraint of");
    }
    if (laws_.checks_by_schema) all(t.checks, checks, "a check of");
    if (laws_.foreign_keys_by_schema) all(t.foreign_keys, keys, "a foreign key of");
  }

  // Views that read each other in a circle: none can be made first.
  void views() {
    std::set<QName> done, open;
    const std::function<bool(const QName&)> visit = [&](const QName& name) {
      const auto found = schema_.views.find(name);
      if (found == schema_.views.end() || done.contains(name)) return false;
      if (!open.insert(name).second) return true;
      for (const auto& used : found->second.uses) {
        if (!visit(used)) continue;
        say(name, "", fmt::format("view '{}' reads '{}', which reads it in turn", display(name), display(used)),
            "none of them could be made first: let one of them read tables alone");
        break;
      }
      open.erase(name);
      done.insert(name);
      return false;
    };
    for (const auto& entry : schema_.views) visit(entry.first);
  }

  const Schema& schema_;
  const Laws& laws_;
  std::string engine_;
  std::vector<Breach> found_;
};

}  // namespace

Result<void> check_laws(const Spec& spec, const Laws& laws, const std::string& engine) {
  const auto now = Court(spec.after, laws, engine).sit();
  if (now.empty()) return {};
  std::set<std::string> known;
  for (const auto& breach : Court(spec.before, laws, engine).sit()) known.insert(breach.message);
  for (const auto& breach : now) {
    if (known.contains(breach.message)) continue;
    Error error{
        ErrorCode::spec, breach.message, breach.hint, place_of(spec.intents, breach.object, breach.column), {}, {}};
    if (!error.place && !breach.other.name.empty()) {
      error.place = place_of(spec.intents, breach.other, breach.other_column);
    }
    return fail(std::move(error));
  }
  return {};
}

}  // namespace forge
