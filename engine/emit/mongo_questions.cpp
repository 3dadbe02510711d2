#include "engine/emit/mongo_questions.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace forge::mongo {
namespace {

using Document = nlohmann::ordered_json;

Document parsed(const std::string& text) { return Document::parse(text); }

Document value_of(const std::string& field) { return {{"$ifNull", {"$" + field, nullptr}}}; }

std::string pipeline(const QName& collection, Document stages) {
  return Document{{"aggregate", collection.name}, {"pipeline", std::move(stages)}, {"cursor", Document::object()}}
      .dump();
}

}  // namespace

std::string count(const QName& collection, const std::string& query) {
  return Document{{"count", collection.name}, {"query", parsed(query)}}.dump();
}

std::string without_value(const QName& collection, const std::string& field) {
  return count(collection, Document{{field, nullptr}}.dump());
}

std::string orphans(const QName& collection, const ForeignKey& key) {
  Document present = Document::array(), names = Document::object(), matches = Document::array();
  for (std::size_t i = 0; i < key.columns.size() && i < key.ref_columns.size(); ++i) {
    const std::string name = fmt::format("v{}", i + 1);
    present.push_back({{key.columns[i], {{"$ne", nullptr}}}});
    names[name] = "$" + key.columns[i];
    matches.push_back({{"$eq", {"$" + key.ref_columns[i], "$$" + name}}});
  }
  const Document parents = {{{"$match", {{"$expr", {{"$and", matches}}}}}}, {{"$limit", 1}}};
  const Document lookup = {{"from", key.ref.name}, {"let", names}, {"pipeline", parents}, {"as", "forgelua_parent"}};
  return pipeline(collection, {{{"$match", {{"$and", present}}}},
                               {{"$lookup", lookup}},
                               {{"$match", {{"forgelua_parent", {{"$size", 0}}}}}},
                               {{"$count", "n"}}});
}

std::string duplicates(const QName& collection, const std::vector<std::string>& fields, bool nulls_differ,
                       const std::string& query) {
  Document stages = Document::array(), key = Document::object(), present = Document::array();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    key[fmt::format("k{}", i + 1)] = value_of(fields[i]);
    present.push_back({{fields[i], {{"$ne", nullptr}}}});
  }
  if (!query.empty()) stages.push_back({{"$match", parsed(query)}});
  if (nulls_differ) stages.push_back({{"$match", {{"$and", present}}}});
  stages.push_back({{"$group", {{"_id", key}, {"n", {{"$sum", 1}}}}}});
  stages.push_back({{"$match", {{"n", {{"$gt", 1}}}}}});
  stages.push_back({{"$count", "n"}});
  return pipeline(collection, std::move(stages));
}

std::string extreme(const QName& collection, const std::string& field, std::string_view which) {
  const Document group = {{"_id", nullptr}, {"value", {{fmt::format("${}", which), "$" + field}}}};
  return pipeline(collection, Document::array({Document{{"$group", group}}}));
}

std::string size(const QName& collection) {
  const Document stats = {{"$collStats", {{"storageStats", Document::object()}}}};
  const Document project = {{"$project", {{"_id", 0}, {"bytes", "$storageStats.totalSize"}}}};
  return pipeline(collection, Document::array({stats, project}));
}

std::string view_reads(const QName& view) {
  const Document none = {{"$project", {{"_id", 0}, {"zero", {{"$literal", 0}}}}}};
  return pipeline(view, Document::array({Document{{"$limit", 1}}, none}));
}

std::string left_to_fill(const QName& collection, const std::string& query,
                         const std::vector<std::pair<std::string, std::string>>& set) {
  Document gives = Document::array();
  for (const auto& [field, expression] : set) {
    const Document made = {{"$ifNull", {parsed(expression), nullptr}}};
    gives.push_back({{"$and", {Document{{field, nullptr}}, Document{{"$expr", {{"$ne", {made, nullptr}}}}}}}});
  }
  return count(collection, Document{{"$and", {parsed(query), Document{{"$or", gives}}}}}.dump());
}

}  // namespace forge::mongo
