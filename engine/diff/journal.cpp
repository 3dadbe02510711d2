#include "engine/diff/journal.hpp"

namespace forge {
namespace {

// The objects named in `seen`, as they were and as they are.
template <class T>
void pick(const std::map<QName, std::optional<T>>& seen, const std::map<QName, T>& now, std::map<QName, T>& were,
          std::map<QName, T>& are) {
  for (const auto& [name, object] : seen) {
    if (object) were.emplace(name, *object);
    if (const auto found = now.find(name); found != now.end()) are.emplace(name, found->second);
  }
}

template <class T>
void put_back(const std::map<QName, std::optional<T>>& seen, std::map<QName, T>& objects) {
  for (const auto& [name, object] : seen) {
    if (object) {
      objects[name] = *object;
    } else {
      objects.erase(name);
    }
  }
}

}  // namespace

void Journal::restore(Schema& schema) const {
  put_back(tables_, schema.tables);
  put_back(views_, schema.views);
  put_back(definitions_, schema.definitions);
  put_back(syncs_, schema.syncs);
  put_back(enums_, schema.enums);
  put_back(sequences_, schema.sequences);
  put_back(namespaces_, schema.namespaces);
}

void Journal::touch_table(const Schema& schema, const QName& name) { touch(tables_, schema.tables, name); }

std::string Journal::first_difference_from(const Schema& schema) const {
  Schema were, are;
  pick(tables_, schema.tables, were.tables, are.tables);
  pick(views_, schema.views, were.views, are.views);
  pick(definitions_, schema.definitions, were.definitions, are.definitions);
  pick(syncs_, schema.syncs, were.syncs, are.syncs);
  pick(enums_, schema.enums, were.enums, are.enums);
  pick(sequences_, schema.sequences, were.sequences, are.sequences);
  pick(namespaces_, schema.namespaces, were.namespaces, are.namespaces);
  return first_difference(were, are);
}

}  // namespace forge
