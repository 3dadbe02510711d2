// Changes as JSON: their kind beside their fields.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "engine/diff/change.hpp"
#include "engine/model/json.hpp"

namespace forge {

// The kinds in the order of the variant's alternatives; kind_of gives these words.
inline constexpr std::array<std::string_view, std::variant_size_v<Change>> kKinds{
    "schema",      "enum",  "sequence",  "table", "shell",      "column", "key", "index",
    "foreign_key", "check", "exclusion", "view",  "definition", "sync",   "raw"};

// Calls `body.template operator()<T>()` with the alternative that `kind` names; false where none is called so.
template <class Body, std::size_t... I>
bool with_kind_at(std::string_view kind, Body&& body, std::index_sequence<I...>) {
  return ((kKinds[I] == kind ? (body.template operator()<std::variant_alternative_t<I, Change>>(), true) : false) ||
          ...);
}
template <class Body>
bool with_kind(std::string_view kind, Body&& body) {
  return with_kind_at(kind, std::forward<Body>(body), std::make_index_sequence<std::variant_size_v<Change>>{});
}

template <>
struct JsonOf<Change> {
  static Json write(const Change& change) {
    Json out = Json::object();
    out["op"] = word_of(change);
    out["kind"] = std::string(kKinds.at(change.index()));
    json_detail::Writer writer{out};
    std::visit([&](const auto& delta) { std::decay_t<decltype(delta)>::fields(delta, writer); }, change);
    return out;
  }
  static Result<void> read(const Json& json, Change& change, const std::string& path) {
    if (!json.is_object() || !json.contains("kind")) return json_detail::expected(path, "an object with a kind", json);
    Json rest = json;
    const auto kind = rest.value("kind", std::string{});
    rest.erase("kind");
    rest.erase("op");
    Result<void> done;
    const bool known = with_kind(kind, [&]<class D>() {
      D delta;
      done = JsonOf<D>::read(rest, delta, path);
      change = std::move(delta);
    });
    if (!known) return fail(ErrorCode::spec, fmt::format("{}: unknown kind '{}'", path, kind));
    return done;
  }
};

}  // namespace forge
