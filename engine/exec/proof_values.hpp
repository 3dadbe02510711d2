// The values that generated rows hold: which values a column can take, counted from 1.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/emit/client.hpp"
#include "engine/model/schema.hpp"

namespace forge {

// What a column can hold, as far as rows are made for it.
struct ValueRange {
  enum class Kind {
    integer,
    decimal,
    boolean,
    text,
    choice,
    uuid,
    date,
    instant,
    time,
    json,
    bytes,
    bits,
    address,
    other
  };
  Kind kind = Kind::text;
  std::int64_t most = 0;   // integer, decimal: the greatest whole part; text, bytes, bits: the width; 0: no bound
  std::int64_t scale = 0;  // decimal: digits behind the point
  std::vector<std::string> values;      // choice
  std::string word;                     // the type's own word
  bool array = false, as_text = false;  // as_text: such a value in a column of text
};

// The range of a type. Enums are looked up in `schema`.
ValueRange range_of(const Type& type, const Schema& schema);
// What both can hold, where a plan makes the second of the first.
ValueRange range_within(ValueRange first, const ValueRange& second);

// How many different values there are.
std::int64_t size_of(const ValueRange& range);
// The value of a number, from 1 on, as text; numbers above the range's size begin anew.
std::string value_of(const ValueRange& range, std::int64_t number);
// A value's text as a literal of the engine's.
std::string literal_of(const ValueRange& range, const std::string& value, const Client& client);

// The 'texts' and numbers that stand in an expression: values that its author thought of.
std::vector<std::string> literals_in(const std::string& expression, bool numbers);
}  // namespace forge
