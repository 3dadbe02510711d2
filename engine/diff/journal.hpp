// What objects were before they were changed: enough to see that undoing a step brings each of them back.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/model/schema.hpp"

namespace forge {

// Every object that changes touched, as it was when the first of them touched it; absent where it was not there.
class Journal {
 public:
  // To be called before the object is changed, made or removed; only the first call for a name counts.
  void touch_table(const Schema& schema, const QName& name);
  void touch_view(const Schema& schema, const QName& name) { touch(views_, schema.views, name); }
  void touch_definition(const Schema& schema, const QName& name) { touch(definitions_, schema.definitions, name); }
  void touch_sync(const Schema& schema, const QName& name) { touch(syncs_, schema.syncs, name); }
  void touch_enum(const Schema& schema, const QName& name) { touch(enums_, schema.enums, name); }
  void touch_sequence(const Schema& schema, const QName& name) { touch(sequences_, schema.sequences, name); }
  void touch_namespace(const Schema& schema, const QName& name) { touch(namespaces_, schema.namespaces, name); }

  // The first touched object that is not in `schema` as it was then, in words; empty where all are.
  std::string first_difference_from(const Schema& schema) const;

  // Puts every touched object back as it was.
  void restore(Schema& schema) const;

 private:
  template <class T>
  using Seen = std::map<QName, std::optional<T>>;

  template <class T>
  static void touch(Seen<T>& seen, const std::map<QName, T>& objects, const QName& name) {
    const auto [entry, is_new] = seen.try_emplace(name);
    if (!is_new) return;
    if (const auto found = objects.find(name); found != objects.end()) entry->second = found->second;
  }

  Seen<std::shared_ptr<const Table>> tables_;
  Seen<View> views_;
  Seen<Definition> definitions_;
  Seen<Sync> syncs_;
  Seen<EnumType> enums_;
  Seen<Sequence> sequences_;
  Seen<Namespace> namespaces_;
};

}  // namespace forge
