// Names of schema objects.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace forge {

// A name with the namespace it lives in. `schema` is empty for the engine's default namespace (PostgreSQL:
// public; MySQL and MariaDB: the current database; SQLite: main). Letters are kept as written.
struct QName {
  std::string schema;
  std::string name;

  auto operator<=>(const QName&) const = default;
  bool empty() const { return name.empty(); }

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& visit) {
    visit("schema", self.schema);
    visit("name", self.name);
  }
};

// `schema.name`, or `name` in the default namespace: for people and for keys, never for SQL.
std::string display(const QName& name);

// Reads `name` or `schema.name`; a part in double quotes keeps its dots (`"odd.name"`).
QName parse_qname(std::string_view text);

}  // namespace forge
