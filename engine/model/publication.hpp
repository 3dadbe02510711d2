// Publications of PostgreSQL: each table that one has is a part of it, as the catalog is read. So a table can go out of it and come
// back, or be called otherwise, while the publication stands.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/model/definition.hpp"

namespace forge {

// Takes what a publication's statement says behind FOR into parts: "table orders", "schema app". One FOR ALL TABLES, one without FOR,
// and what is no publication stay as they are.
void split_publication(Definition& definition);

// The table that the part adds to its publication; nothing where the part is about something else.
std::optional<QName> published_table(const DefinitionPart& part);
// Does the part add this table?
bool publishes(const DefinitionPart& part, const QName& table);
// Does what the part says behind the table's name, its list of columns and its condition, name the column?
bool publishes_column(const DefinitionPart& part, std::string_view column);

// The statement with its list of columns in alphabetical order: the server keeps that of the table.
std::string sorted_columns(std::string_view make);

// Makes the part follow a rename, where it adds that table.
void rename_table(DefinitionPart& part, const QName& from, const QName& to);
void rename_column(DefinitionPart& part, const QName& table, const std::string& from, const std::string& to);

}  // namespace forge
