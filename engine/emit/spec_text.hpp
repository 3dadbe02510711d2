// Pieces of specs as text, which tables and collections share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/model/spec.hpp"

namespace forge {

// A Lua string literal: in double quotes, control characters by number.
std::string lua_string(std::string_view text);
// JSON as a literal: in single quotes, where it holds none.
std::string lua_json(const std::string& text);
std::string lua_name(const QName& name);
std::string lua_list(const std::vector<std::string>& items);

// Calls behind a column: its type, what the user said of it; behind a table, what was said of that.
std::string type_call(const Type& type);
std::string intent_calls(const ColumnIntent& intent);
std::string intent_calls(const TableIntent* intent);

// The parts of a key or an index, and members by themselves.
std::string parts_text(const std::vector<IndexPart>& parts);
std::string deferral(bool deferrable, bool deferred);
std::string key_line(const Key& key);
std::string foreign_key_line(const ForeignKey& key);

// What was said of a table, or of one of its columns; null where nothing was.
const TableIntent* intent_of(const Intents& intents, const QName& name);
const ColumnIntent* column_intent(const TableIntent* intent, const std::string& name);

// A collection with its fields, each line behind `pad`; a view of MongoDB.
std::string collection_block(const Table& table, const TableIntent* intent, const std::string& pad);
std::string document_view_line(const View& view);

}  // namespace forge
