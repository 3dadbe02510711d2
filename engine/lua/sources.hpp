// The Lua texts that a state has loaded, so that an error can show the line that it is about.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.hpp"

namespace forge {

class SourceIndex;

// Which layer a text comes from; a higher one goes before a lower one.
enum class Layer { project, organisation, builtin };

// "project", "organisation", "builtin".
std::string_view word_of(Layer layer);

// One loaded text.
struct Source {
  int id = 0;        // counts from 1
  std::string path;  // as people name it: "orders.migration.lua", "stdlib/forge/ops.lua"
  std::string text;
  Layer layer = Layer::project;
};

class Sources {
 public:
  Sources();
  ~Sources();
  Sources(const Sources&) = delete;
  Sources& operator=(const Sources&) = delete;

  // Keeps a text. A path that is kept already gives the source that is there. The reference lives as long as this.
  const Source& add(std::string path, std::string text, Layer layer);

  // The source with this path or number, or null.
  const Source* find(std::string_view path) const;
  const Source* find(int id) const;

  // The place of `token` (a word, or the text of a string) at or after `line`, and after the token `anchor` where that is
  // not empty. Where it does not occur, the whole line. The source line is filled in. Of several on the line it is the one that belongs
  // to the node that was made there behind `nth` others, where that is told; else the first.
  Place locate(const Source& source, int line, std::string_view token = {}, std::string_view anchor = {},
               int nth = -1) const;
  // The place of `word` on the line, where it is said of an object (`:word`): of the one that is made there behind `nth` others, where that is
  // told. Where it is not said so, as `locate` finds it.
  Place locate_said(const Source& source, int line, std::string_view word, int nth = -1) const;
  // The place of `length` bytes that begin `at` bytes into the string `text`, which is looked for as a token is. Where the
  // string is written otherwise (joined, or with escapes), the place of the token `anchor`.
  Place locate_inside(const Source& source, int line, std::string_view text, std::string_view anchor, std::size_t at,
                      std::size_t length, int nth = -1) const;
  // The place of what a message of Lua's compiler is near to ("near 'x'"), on that line.
  Place locate_near(const Source& source, int line, std::string_view near) const;
  // The last word of a text; where it has none, that line.
  Place last_word(const Source& source, int line) const;

  // The words that make nodes, by which those of a line are counted.
  void know_words(std::set<std::string, std::less<>> words) { words_ = std::move(words); }

  // The line as a place without a column. Cheap: for places that are kept and mostly never shown.
  Place line_place(const Source& source, int line) const;

 private:
  const SourceIndex& index_of(const Source& source) const;

  std::deque<Source> sources_;
  std::set<std::string, std::less<>> words_;
  std::map<std::string, int, std::less<>> by_path_;
  mutable std::map<int, std::vector<std::size_t>> line_starts_;
  mutable std::map<int, std::unique_ptr<SourceIndex>> indexes_;  // made when an error needs one
};

}  // namespace forge
