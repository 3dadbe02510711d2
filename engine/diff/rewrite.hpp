// How a rename reaches everything that names the renamed thing, as servers carry it.
#pragma once

#include <string>

#include "engine/model/schema.hpp"

namespace forge {

// Renames a column in everything of its own table that names it: the column itself, keys, indexes, own foreign keys
// (both ends where the table refers to itself), checks, exclusions and generated columns.
void rename_column_in_table(Table& table, const std::string& from, const std::string& to);

// In one member, for a column of the table that it belongs to (`table`, where a key may refer to itself).
void rename_column(Column& column, const QName& table, const std::string& from, const std::string& to);
void rename_column(Key& key, const QName& table, const std::string& from, const std::string& to);
void rename_column(Index& index, const QName& table, const std::string& from, const std::string& to);
void rename_column(ForeignKey& key, const QName& table, const std::string& from, const std::string& to);
void rename_column(Check& check, const QName& table, const std::string& from, const std::string& to);
void rename_column(Exclusion& exclusion, const QName& table, const std::string& from, const std::string& to);

// In the columns that a foreign key refers to.
void rename_referred_column(ForeignKey& key, const std::string& from, const std::string& to);

// `has` tells of the other tables that a view reads. Gives what is unclear in its query, as RenamedText says it.
std::string rename_column(View& view, const QName& table, const std::string& from, const std::string& to,
                          const HasColumn& has = {});
void rename_column(Sync& sync, const QName& table, const std::string& from, const std::string& to);
void rename_column(Sequence& sequence, const QName& table, const std::string& from, const std::string& to);

std::string rename_table(View& view, const QName& from, const QName& to, const HasColumn& has = {});
void rename_table(Sync& sync, const QName& from, const QName& to);
void rename_table(Sequence& sequence, const QName& from, const QName& to);

// What in the table still names the column: "index 'a_idx'"; empty where nothing does.
std::string names_column(const Table& table, const std::string& column);

}  // namespace forge
