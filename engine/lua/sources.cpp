#include "engine/lua/sources.hpp"

#include <algorithm>

#include "engine/lua/source_index.hpp"

namespace forge {
namespace {

// How many lines below a statement's first line its parts are looked for.
constexpr int kReach = 4000;
// A source line is shown up to here; generated files have lines of any length.
constexpr std::size_t kShownBytes = 400;

Place placed(const Source& source, const SourceIndex& index, const SourceToken& token) {
  Place place{source.path, token.line, token.column, token.length, std::string(index.line(token.line))};
  return place;
}

// Names may read the same, and are passed over.
std::optional<std::size_t> find_string(const SourceIndex& index, std::string_view text, int line, std::size_t from) {
  auto found = index.find(text, line, kReach, from);
  while (found && index.token(*found).kind != SourceToken::Kind::string) {
    found = index.find(text, line, kReach, *found + 1);
  }
  return found;
}

// The token from which on to look for what belongs to a node. Nodes that a condition makes, or leaves out, are not where counting
// finds them, which shows where the anchor stands in the line, yet not behind the word: then, and where nothing is told, it is the
// text's first.
std::size_t start_of(const SourceIndex& index, const SourceIndex::Words& words, int line, std::string_view anchor,
                     int nth) {
  const auto word = nth < 0 ? std::nullopt : index.node_word(line, nth, words);
  if (!word) return 0;
  const bool elsewhere = !anchor.empty() && !index.find(anchor, line, 0, *word) && index.find(anchor, line, 0);
  return elsewhere ? 0 : *word;
}

Place shortened(Place place) {
  if (place.source_line.size() > kShownBytes) {
    place.source_line.resize(kShownBytes);
    if (static_cast<std::size_t>(place.column) > kShownBytes) place.column = 0;
  }
  place.length = std::max(1, place.length);
  return place;
}

}  // namespace

std::string_view word_of(Layer layer) {
  switch (layer) {
    case Layer::project:
      return "project";
    case Layer::organisation:
      return "organisation";
    case Layer::builtin:
      return "builtin";
  }
  return "builtin";
}

Sources::Sources() = default;
Sources::~Sources() = default;

const Source& Sources::add(std::string path, std::string text, Layer layer) {
  if (const auto it = by_path_.find(path); it != by_path_.end()) {
    return sources_[static_cast<std::size_t>(it->second) - 1];
  }
  const int id = static_cast<int>(sources_.size()) + 1;
  by_path_.emplace(path, id);
  return sources_.emplace_back(Source{id, std::move(path), std::move(text), layer});
}

const Source* Sources::find(std::string_view path) const {
  const auto it = by_path_.find(path);
  return it == by_path_.end() ? nullptr : find(it->second);
}

const Source* Sources::find(int id) const {
  const auto i = static_cast<std::size_t>(id);
  return i >= 1 && i <= sources_.size() ? &sources_[i - 1] : nullptr;
}

const SourceIndex& Sources::index_of(const Source& source) const {
  auto& slot = indexes_[source.id];
  if (!slot) slot = std::make_unique<SourceIndex>(source.text);
  return *slot;
}

Place Sources::locate(const Source& source, int line, std::string_view token, std::string_view anchor, int nth) const {
  const auto& index = index_of(source);
  std::optional<std::size_t> found;
  if (!token.empty()) {
    const auto from = start_of(index, words_, line, anchor, nth);
    const auto base = anchor.empty() ? std::nullopt : index.find(anchor, line, kReach, from);
    found = index.find(token, line, kReach, base.value_or(from));
    if (!found && !base) found = index.find(token, line, kReach);
    if (base && !found) found = base;
  }
  Place place{source.path, line, 0, 1, std::string(index.line(line))};
  if (found) place = placed(source, index, index.token(*found));
  return shortened(std::move(place));
}

Place Sources::locate_said(const Source& source, int line, std::string_view word, int nth) const {
  const auto& index = index_of(source);
  const auto found = index.said_word(word, line, start_of(index, words_, line, {}, nth));
  return found ? shortened(placed(source, index, index.token(*found))) : locate(source, line, word);
}

Place Sources::locate_inside(const Source& source, int line, std::string_view text, std::string_view anchor,
                             std::size_t at, std::size_t length, int nth) const {
  const auto& index = index_of(source);
  const auto from = start_of(index, words_, line, anchor, nth);
  const auto base = (anchor.empty() ? std::nullopt : index.find(anchor, line, kReach, from)).value_or(from);
  auto found = find_string(index, text, line, base);
  if (!found) {
    // Lua leaves out the line end that a long bracket begins with.
    found = find_string(index, "\n" + std::string(text), line, base);
    at += 1;
  }
  if (!found) return shortened(locate(source, line, anchor));
  const auto offset = index.token(*found).begin + std::min<std::size_t>(at, index.token(*found).size);
  const auto before = std::string_view(source.text).substr(0, offset);
  const auto start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const int number = static_cast<int>(std::ranges::count(before, '\n')) + 1;
  const auto shown = index.line(number);
  const auto rest = shown.size() - std::min(shown.size(), offset - start);
  const auto under = std::clamp<std::size_t>(length, 1, std::max<std::size_t>(1, rest));
  return shortened(
      {source.path, number, static_cast<int>(offset - start) + 1, static_cast<int>(under), std::string(shown)});
}

Place Sources::locate_near(const Source& source, int line, std::string_view near) const {
  const auto& index = index_of(source);
  while (!near.empty() && (near.front() == '"' || near.front() == '\'')) near.remove_prefix(1);
  if (const auto found = index.find(near, line, 0)) return shortened(placed(source, index, index.token(*found)));
  // A sign: where a word stands before it, the word is what lacks something.
  for (std::size_t i = 1; i < index.size(); ++i) {
    const auto& token = index.token(i);
    if (token.line != line || index.text_of(token) != near) continue;
    const bool after_word = index.token(i - 1).kind == SourceToken::Kind::name && index.token(i - 1).line == line;
    return shortened(placed(source, index, index.token(after_word ? i - 1 : i)));
  }
  return locate(source, line);
}

Place Sources::last_word(const Source& source, int line) const {
  const auto& index = index_of(source);
  if (index.size() == 0) return locate(source, line);
  return shortened(placed(source, index, index.token(index.size() - 1)));
}

Place Sources::line_place(const Source& source, int line) const {
  auto& starts = line_starts_[source.id];
  if (starts.empty()) {
    starts.push_back(0);
    for (auto at = source.text.find('\n'); at != std::string::npos; at = source.text.find('\n', at + 1)) {
      starts.push_back(at + 1);
    }
  }
  Place place{source.path, line, 0, 1, {}};
  if (line < 1 || static_cast<std::size_t>(line) > starts.size()) return place;
  const auto begin = starts[static_cast<std::size_t>(line) - 1];
  const auto end = std::min(source.text.find('\n', begin), source.text.size());
  place.source_line = source.text.substr(begin, std::min(end - begin, kShownBytes));
  return place;
}

}  // namespace forge
