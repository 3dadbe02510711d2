// What a copy held, in a few words.
#pragma once

#include <string>

#include "engine/emit/evidence.hpp"

namespace forge {

// "rows", or the engine's word for them.
std::string rows_word(const Evidence& evidence);
// "1,000 sampled rows in 2 tables".
std::string data_words(const Evidence& evidence);

}  // namespace forge
