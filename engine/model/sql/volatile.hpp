// Expressions whose value is another one each time that they are computed.
#pragma once

#include <string_view>

namespace forge {

// Does the expression call such a function (`random()`), or name the current time? By words alone: strings count as well.
bool gives_another_value(std::string_view expression);

}  // namespace forge
