#include "engine/model/schema_hash.hpp"

#include "engine/base/hash.hpp"
#include "engine/model/json_text.hpp"

namespace forge {
namespace {

// One schema's text on its way into its hash, object by object, and into `kept` where that is wanted: whole schemas are too large to
// hold as text for nothing.
class Hashing {
 public:
  explicit Hashing(const Schema& schema, std::string* kept = nullptr) : schema_(schema), kept_(kept) {
    text_ = "{";
    add("namespaces", schema.namespaces);
    add("enums", schema.enums);
    add("sequences", schema.sequences);
    if (!schema.tables.empty()) key("tables");
    feed(text_);
    text_.clear();
  }
  void table(std::string_view text) {
    feed(first_table_ ? "[" : ",");
    feed(text);
    first_table_ = false;
  }
  std::string finish() {
    if (!schema_.tables.empty()) text_ += ']';
    add("views", schema_.views);
    add("definitions", schema_.definitions);
    add("unmanaged", schema_.unmanaged);
    add("unmanaged_hashes", schema_.unmanaged_hashes);
    feed(text_);
    sha_.update("}");
    if (kept_) say_origin();
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
  // What the hash leaves out: two databases with equal schemas are equal wherever they were read.
  void say_origin() {
    text_.clear();
    const auto say = [&](const char* name, const auto& value) {
      key(name);
      JsonText(text_).value(value);
    };
    if (schema_.read_from_server) say("read_from_server", true);
    if (!schema_.owner.empty()) say("owner", schema_.owner);
    if (schema_.grants_untold) say("grants_untold", true);
    *kept_ += text_ + "}";
  }
  void feed(std::string_view text) {
    sha_.update(text);
    if (kept_) kept_->append(text);
  }

  const Schema& schema_;
  std::string* kept_;
  Sha256 sha_;
  std::string text_;
  bool first_ = true, first_table_ = true;
};

}  // namespace

SchemaHashes schema_hashes(const Schema& before, const Schema& after) {
  SchemaHashes out;
  Hashing old_hash(before, &out.before_line), new_hash(after);
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
  out.before = old_hash.finish();
  out.after = new_hash.finish();
  return out;
}

std::string schema_line(const Schema& schema) { return schema_hashes(schema, {}).before_line; }

}  // namespace forge
