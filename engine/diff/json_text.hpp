// Changes as JSON text (model/json_text.hpp), the same as json.hpp makes of them.
#pragma once

#include "engine/diff/json.hpp"
#include "engine/model/json_text.hpp"

namespace forge {

template <>
struct JsonTextOf<Change> {
  static void write(JsonText& out, const Change& change) {
    out.open('{');
    out.member("op", word_of(change));
    out.key("kind");
    out.text(kKinds.at(change.index()));
    json_text_detail::Members members{out};
    std::visit([&](const auto& delta) { std::decay_t<decltype(delta)>::fields(delta, members); }, change);
    out.close('}');
  }
};

}  // namespace forge
