// Changes and what they are about, in words for people; never SQL to run.
#pragma once

#include <string>
#include <string_view>

#include "engine/diff/change.hpp"

namespace forge {

std::string type_text(const Type& type);        // "numeric(12,2)", "order_status", "integer[]"
std::string column_text(const Column& column);  // "char(3) not null default 'EUR'"
std::string expr_text(const Expr& expr);
std::string sql_quoted(std::string_view text);

std::string change_sign(const Change& change);    // ADD, MODIFY, DROP, RENAME
std::string change_object(const Change& change);  // "orders.total"; of a rename "orders.amount → orders.total"
std::string kind_words(const Change& change);     // "column", "foreign key of orders", "SQL"
std::string change_title(const Change& change);   // "ADD column orders.currency"

}  // namespace forge
