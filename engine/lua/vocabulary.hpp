// What the words of the spec language mean, for `forgelua doc`.
#pragma once

#include <string>
#include <vector>

#include "engine/base/error.hpp"

namespace forge {

// The documentation of a word, everywhere it is said: what it is, what it takes, the values that are allowed, an example.
// Errors (usage): no such word, with the nearest one as a hint.
Result<std::string> document_word(const std::string& word);

// All words by what they are said of, for people.
Result<std::string> document_language();

// Every word once, sorted.
Result<std::vector<std::string>> all_words();

// The text that stdlib/meta/spec.lua must have: the types that editors complete by.
Result<std::string> editor_types();

}  // namespace forge
