#include "engine/db/mongodb_catalog.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "engine/base/hash.hpp"
#include "engine/db/mongodb_sample.hpp"
#include "engine/model/extended_json.hpp"
#include "engine/model/mongodb_validator.hpp"

namespace forge {
namespace {

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

bool is_own(const std::string& name) { return name.starts_with("system.") || name.starts_with("forgelua_"); }

// A document in one spelling: members by name behind the first, and none that has the value that it has anyway.
std::string settled(const Json& given, std::string_view first, const Json& usual) {
  std::map<std::string, Json> members;
  for (const auto& [key, value] : given.items()) {
    const bool says_nothing = usual.contains(key) && (usual[key] == value || usual[key].is_null());
    if (key != first && !says_nothing) members.emplace(key, value);
  }
  Json out = Json::object();
  if (given.contains(first)) out[std::string(first)] = given[std::string(first)];
  for (const auto& [key, value] : members) out[key] = value;
  return out.dump();
}

// What a server adds to a collation, a member that is null here whatever its value.
std::string collation_text(const Json& given) {
  static const Json kUsual{{"caseLevel", false},       {"caseFirst", "off"},           {"strength", 3},
                           {"numericOrdering", false}, {"alternate", "non-ignorable"}, {"maxVariable", "punct"},
                           {"normalization", false},   {"backwards", false},           {"version", nullptr}};
  return settled(given, "locale", kUsual);
}

std::string series_text(Json given) {
  const std::string granularity = given.value("granularity", "seconds");
  const std::map<std::string, std::int64_t> spans{{"seconds", 3600}, {"minutes", 86400}, {"hours", 2592000}};
  const auto span = spans.find(granularity);
  if (span != spans.end() && given.value("bucketMaxSpanSeconds", Json()) == span->second)
    given.erase("bucketMaxSpanSeconds");
  static const Json kUsual{{"granularity", "seconds"}};
  return settled(given, "timeField", kUsual);
}

class Reader {
 public:
  Schema read(const std::vector<MongoCollection>& collections) {
    for (const auto& one : collections) {
      if (is_own(one.name)) continue;
      one.type == "view" ? view(one) : collection(one);
    }
    std::ranges::sort(schema_.unmanaged);
    schema_.read_from_server = true;
    return std::move(schema_);
  }

 private:
  void unmanaged(std::string what, const Json& definition) {
    schema_.unmanaged_hashes[what] = sha256_hex(definition.dump());
    schema_.unmanaged.push_back(std::move(what));
  }

  void view(const MongoCollection& one) {
    View made;
    made.name = {"", one.name};
    made.query = Json{{"viewOn", one.options.value("viewOn", Json(""))},
                      {"pipeline", relaxed(one.options.value("pipeline", Json::array()))}}
                     .dump();
    for (const auto& [name, value] : one.options.items()) {
      if (!one_of(name, {"viewOn", "pipeline"})) unmanaged(fmt::format("option {} of view {}", name, one.name), value);
    }
    schema_.views[made.name] = std::move(made);
  }

  void collection(const MongoCollection& one) {
    Table table;
    table.name = {"", one.name};
    read_validator(table, relaxed(one.options.value("validator", Json::object())));
    for (const auto& [name, value] : one.options.items()) option(table, name, relaxed(value));
    for (const auto& index : one.indexes) read_index(table, relaxed(index));
    if (!is_closed(table)) {
      for (auto& field : inferred_fields(one.shapes, table)) table.columns.push_back(std::move(field));
      add_indexed_fields(table);
    }
    std::ranges::sort(table.options.storage);
    schema_.put_table(std::move(table));
  }

  void option(Table& table, const std::string& name, const Json& value) {
    const auto set = [&](const char* setting, std::string text) {
      table.options.storage.emplace_back(setting, std::move(text));
    };
    if (name == "validator" || name == "capped") return;
    if (name == "validationLevel")
      return value == "strict" ? void() : set("validation_level", value.get<std::string>());
    if (name == "validationAction")
      return value == "error" ? void() : set("validation_action", value.get<std::string>());
    if (name == "size") return set("capped_size", value.dump());
    if (name == "max") return set("capped_max", value.dump());
    if (name == "timeseries") return set("timeseries", series_text(value));
    if (name == "expireAfterSeconds") return value.is_number() ? set("expire_after_seconds", value.dump()) : void();
    if (name == "collation") return set("collation", collation_text(value));
    if (name == "clusteredIndex" && value != false) return set("clustered", "true");
    if (one_of(name, {"uuid", "autoIndexId", "idIndex", "flags", "clusteredIndex"})) return;
    unmanaged(fmt::format("option {} of collection {}", name, table.name.name), value);
  }

  void read_index(Table& table, const Json& given) {
    const Json key = given.value("key", Json::object());
    const bool of_id = key.size() == 1 && key.contains("_id");
    if (of_id && (given.value("name", "") == "_id_" || given.contains("clustered"))) return;
    Index index;
    index.name = given.value("name", "");
    read_parts(index, key, given.value("weights", Json::object()));
    for (const auto& [name, value] : given.items()) index_option(table, index, name, value);
    std::ranges::sort(index.storage);
    table.indexes.push_back(std::move(index));
  }

  // The fields of a text index stand in its weights, where a server has made it; their order says nothing.
  static void read_parts(Index& index, const Json& key, const Json& weights) {
    std::vector<std::pair<std::string, Json>> parts;
    for (const auto& [name, value] : key.items()) {
      if (name == "_ftsx") continue;
      if (name != "_fts") {
        parts.emplace_back(name, value);
        continue;
      }
      for (const auto& [field, weight] : weights.items()) parts.emplace_back(field, "text");
    }
    const auto text = [](const auto& part) { return part.second == "text"; };
    const auto first = std::ranges::find_if(parts, text);
    std::sort(first, std::find_if_not(first, parts.end(), text));
    const auto word = [](const Json& value) { return value.is_string() ? value.get<std::string>() : std::string(); };
    const bool all_text = !parts.empty() && std::ranges::all_of(parts, text);
    if (!parts.empty() && (all_text || !text(parts.front()))) index.method = word(parts.front().second);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      IndexPart part;
      part.column = parts[i].first;
      part.desc = parts[i].second.is_number() && parts[i].second.get<double>() < 0;
      if (!all_text && (i > 0 || text(parts[i]))) part.opclass = word(parts[i].second);
      index.parts.push_back(std::move(part));
    }
  }

  void index_option(const Table& table, Index& index, const std::string& name, const Json& value) {
    const auto set = [&](const char* setting, std::string text) {
      index.storage.emplace_back(setting, std::move(text));
    };
    if (one_of(name, {"key", "name", "v", "ns", "background", "textIndexVersion", "2dsphereIndexVersion"})) return;
    if (name == "unique") return void(index.unique = value == true);
    if (name == "hidden") return void(index.invisible = value == true);
    if (name == "partialFilterExpression") return void(index.where = value.dump());
    if (name == "sparse") return value == true ? set("sparse", "true") : void();
    if (name == "expireAfterSeconds") return set("expire_after_seconds", value.dump());
    if (name == "collation") return set("collation", collation_text(value));
    if (name == "wildcardProjection") return set("wildcard_projection", value.dump());
    if (name == "weights") return weights(index, value);
    if (name == "default_language")
      return value == "english" ? void() : set("default_language", value.get<std::string>());
    if (name == "language_override" && value == "language") return;
    if (name == "storageEngine" && !value.contains("wiredTiger")) return;  // what another server notes of its own
    unmanaged(fmt::format("option {} of index {}.{}", name, table.name.name, index.name), value);
  }

  // A weight of 1 is what a field has anyway.
  static void weights(Index& index, const Json& value) {
    std::map<std::string, Json> others;
    for (const auto& [field, weight] : value.items()) {
      if (weight != 1) others.emplace(field, weight);
    }
    if (!others.empty()) index.storage.emplace_back("weights", Json(others).dump());
  }

  // A field that an index names is one, also where no document has it.
  static void add_indexed_fields(Table& table) {
    for (const auto& index : table.indexes) {
      for (const auto& part : index.parts) {
        const auto name = part.column.substr(0, part.column.find('.'));
        if (name != "_id" && name != "$**" && !find_column(table, name))
          table.columns.push_back(inferred_field(name, Json::object()));
      }
    }
  }

  Schema schema_;
};

Result<std::vector<Json>> documents(Session& session, const Json& command) {
  FORGE_ASSIGN(const auto rows, session.query(Json{{"forgelua", "documents"}, {"command", command}}.dump()));
  std::vector<Json> out;
  out.reserve(rows.rows.size());
  for (const auto& row : rows.rows) out.push_back(Json::parse(row.front().value_or(""), nullptr, false));
  return out;
}

Result<MongoCollection> collection_of(Session& session, const Json& info) {
  MongoCollection one;
  one.name = info.value("name", "");
  one.type = info.value("type", "collection");
  one.options = info.value("options", Json::object());
  if (one.type == "view" || is_own(one.name)) return one;
  FORGE_ASSIGN(one.indexes, documents(session, {{"listIndexes", one.name}}));
  std::ranges::sort(one.indexes, {}, [](const Json& index) { return index.value("name", ""); });
  FORGE_ASSIGN(one.shapes, mongodb_shapes(session, one.name, one.type != "timeseries"));
  return one;
}

}  // namespace

Schema schema_of_collections(const std::vector<MongoCollection>& collections) { return Reader().read(collections); }

Result<Schema> read_mongodb(Session& session) {
  std::vector<MongoCollection> out;
  FORGE_ASSIGN(const auto list, documents(session, {{"listCollections", 1}}));
  for (const auto& info : list) {
    FORGE_ASSIGN(out.emplace_back(), collection_of(session, info));
  }
  return schema_of_collections(out);
}

Result<std::vector<MongoCollection>> collections_of_commands(const std::vector<std::string>& commands) {
  std::map<std::string, MongoCollection> made;
  for (const auto& text : commands) {
    const Json command = Json::parse(text, nullptr, false);
    const auto word = command.is_object() && !command.empty() ? command.begin().key() : std::string();
    if (!one_of(word, {"create", "collMod", "createIndexes"}))
      return fail(ErrorCode::internal, fmt::format("no command that makes a collection: {}", text));
    auto& one = made[command[word].get<std::string>()];
    one.name = command[word];
    for (const auto& [name, value] : command.items()) {
      if (name == "viewOn") one.type = "view";
      if (name == "indexes") {
        one.indexes.insert(one.indexes.end(), value.begin(), value.end());
      } else if (name != word) {
        one.options[name] = value;
      }
    }
  }
  std::vector<MongoCollection> out;
  out.reserve(made.size());
  for (auto& [name, one] : made) out.push_back(std::move(one));
  return out;
}

}  // namespace forge
