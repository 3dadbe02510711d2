#include "engine/model/schema_hash.hpp"

#include "engine/base/hash.hpp"
#include "engine/model/json_text.hpp"

namespace forge {
namespace {

// One schema's text on its way into its hash, object by object: whole schemas are too large to hold as text.
class Hashing {
 public:
  explicit Hashing(const Schema& schema) : schema_(schema) {
    text_ = "{";
    add("namespaces", schema.namespaces);
    add("enums", schema.enums);
    add("sequences", schema.sequences);
    if (!schema.tables.empty()) key("tables");
    feed();
  }
  void table(std::string_view text) {
    sha_.update(first_table_ ? "[" : ",");
    sha_.update(text);
    first_table_ = false;
  }
  std::string finish() {
    if (!schema_.tables.empty()) text_ += ']';
    add("views", schema_.views);
    add("definitions", schema_.definitions);
    add("unmanaged", schema_.unmanaged);
    add("unmanaged_hashes", schema_.unmanaged_hashes);
    text_ += '}';
    feed();
    return sha_.hex();
  }

 private:
  void key(const char* name) {
    if (!first_) text_ += ',';
    first_ = false;
    text_ += fmt::format("\"{}\":", name);
  }
  template <class Objects>
  void add(const char* name, const Objects& objects) {
    if (objects.empty()) return;
    key(name);
    JsonText(text_).value(objects);
  }
  void feed() {
    sha_.update(text_);
    text_.clear();
  }

  const Schema& schema_;
  Sha256 sha_;
  std::string text_;
  bool first_ = true, first_table_ = true;
};

}  // namespace

SchemaHashes schema_hashes(const Schema& before, const Schema& after) {
  Hashing old_hash(before), new_hash(after);
  std::string text;
  const auto written = [&](const Table& table) -> const std::string& {
    text.clear();
    JsonText(text).value(table);
    return text;
  };
  auto a = before.tables.begin();
  auto b = after.tables.begin();
  while (a != before.tables.end() || b != after.tables.end()) {
    const bool shared = a != before.tables.end() && b != after.tables.end() && a->second == b->second;
    if (shared) {
      new_hash.table(written(*a->second));
      old_hash.table(text);
      ++a, ++b;
    } else if (b == after.tables.end() || (a != before.tables.end() && a->first <= b->first)) {
      old_hash.table(written(*a->second));
      ++a;
    } else {
      new_hash.table(written(*b->second));
      ++b;
    }
  }
  return {old_hash.finish(), new_hash.finish()};
}

}  // namespace forge
