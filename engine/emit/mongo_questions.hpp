// What validation asks of MongoDB's documents: commands whose answer is one value (docs/dialects/mongodb.md).
#pragma once

#include <string>
#include <vector>

#include "engine/model/table.hpp"

namespace forge::mongo {

std::string count(const QName& collection, const std::string& query = "{}");
// Documents in which the field is null or missing.
std::string without_value(const QName& collection, const std::string& field);
// Documents whose reference leads nowhere.
std::string orphans(const QName& collection, const ForeignKey& key);
// Groups of documents that are equal in these fields. `nulls_differ`: one without a value is equal to none.
std::string duplicates(const QName& collection, const std::vector<std::string>& fields, bool nulls_differ,
                       const std::string& query);
// The least or the largest value of a field: `which` is "min" or "max".
std::string extreme(const QName& collection, const std::string& field, std::string_view which);
// Bytes of the collection with its indexes.
std::string size(const QName& collection);
// 0 where the view can be read.
std::string view_reads(const QName& view);
// Documents that match a backfill's condition although what it sets would have a value.
std::string left_to_fill(const QName& collection, const std::string& query,
                         const std::vector<std::pair<std::string, std::string>>& set);

}  // namespace forge::mongo
