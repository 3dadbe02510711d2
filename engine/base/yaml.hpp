// Small, strict YAML: plain maps, lists and scalars, each knowing its place. What makes YAML dangerous or surprising is
// an error: aliases and anchors, tags, duplicate keys, several documents, great depth or size.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.hpp"

namespace forge {

struct YamlMember;

struct Yaml {
  enum class Kind { null, scalar, list, map };
  Kind kind = Kind::null;
  std::string text;                  // scalar
  bool quoted = false;               // scalar: written in quotes or as a block, so always a string
  bool flow = false;                 // list, map: written with brackets on the spot
  std::vector<YamlMember> members;   // map, in the order of the file; list: with empty names
  int line = 0, column = 0;          // of the value, from 1
  int key_line = 0, key_column = 0;  // of its key in a map

  const Yaml* find(std::string_view key) const;
  Yaml* find(std::string_view key);
  // The member, made where it is missing; the node becomes a map where it was null.
  Yaml& at(const std::string& key);

  static Yaml string(std::string value);
  static Yaml plain(std::string value);  // a word or number that needs no quotes
};

struct YamlMember {
  std::string key;
  Yaml value;
};

inline constexpr std::size_t kMaxYamlBytes = std::size_t{1} << 20;
inline constexpr int kMaxYamlDepth = 32;

// Errors (spec, limit): what the text does wrong, with its place in `file`.
Result<Yaml> parse_yaml(std::string_view text, const std::string& file);

// An error about a node of `text`, as the file's reader would see it.
Error yaml_error(std::string_view text, const std::string& file, int line, int column, std::string message,
                 std::string hint = {});

// The node as block style YAML, indented by `indent` spaces; ends with a line end.
std::string emit_yaml(const Yaml& node, int indent = 0);

}  // namespace forge
