#include "engine/base/yaml.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/base/utf8.hpp"

namespace forge {
namespace {

// What went wrong inside the parser's callbacks, which cannot return.
struct Refused {
  YAML::Mark mark;
  std::string message;
  ErrorCode code = ErrorCode::spec;
};

class Builder : public YAML::EventHandler {
 public:
  Yaml take() { return std::move(root_); }
  bool any() const { return documents_ > 0; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) throw Refused{mark, "a second document is not read here"};
  }
  void OnDocumentEnd() override {}
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refused{mark, "aliases (*name) are not allowed"};
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { value(mark, anchor, "", Yaml{}); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    if (open_.empty() || !wants_key()) {
      Yaml node{.kind = Yaml::Kind::scalar, .text = text, .quoted = tag == "!"};
      const bool none = !node.quoted && (text == "~" || text == "null" || text.empty());
      value(mark, anchor, tag, none ? Yaml{} : std::move(node));
      return;
    }
    plain(mark, anchor, tag);
    begin_member(mark, text);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    start(mark, anchor, tag, Yaml::Kind::list, style);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    start(mark, anchor, tag, Yaml::Kind::map, style);
  }
  void OnMapEnd() override { end(); }

 private:
  struct Frame {
    Yaml node;
    std::string key;
    YAML::Mark key_mark;
    bool has_key = false;
  };

  bool wants_key() const { return open_.back().node.kind == Yaml::Kind::map && !open_.back().has_key; }

  static void plain(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag) {
    if (anchor != 0) throw Refused{mark, "anchors (&name) are not allowed"};
    if (!tag.empty() && tag != "?" && tag != "!") throw Refused{mark, "tags (" + tag + ") are not allowed"};
  }

  void begin_member(const YAML::Mark& mark, const std::string& key) {
    Frame& frame = open_.back();
    if (frame.node.find(key)) throw Refused{mark, "the key '" + key + "' stands here twice"};
    frame.key = key;
    frame.key_mark = mark;
    frame.has_key = true;
  }

  void place(const YAML::Mark& mark, Yaml& node) {
    node.line = mark.line + 1;
    node.column = mark.column + 1;
  }

  void value(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag, Yaml node) {
    plain(mark, anchor, tag);
    if (!open_.empty() && wants_key()) throw Refused{mark, "a key must be a plain word"};
    place(mark, node);
    add(std::move(node));
  }

  void start(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag, Yaml::Kind kind,
             YAML::EmitterStyle::value style) {
    plain(mark, anchor, tag);
    if (!open_.empty() && wants_key()) throw Refused{mark, "a key must be a plain word"};
    if (open_.size() >= kMaxYamlDepth) {
      throw Refused{mark, fmt::format("nested deeper than {} levels", kMaxYamlDepth), ErrorCode::limit};
    }
    Frame frame;
    frame.node.kind = kind;
    frame.node.flow = style == YAML::EmitterStyle::Flow;
    place(mark, frame.node);
    open_.push_back(std::move(frame));
  }

  void end() {
    Yaml node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
  }

  void add(Yaml node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = open_.back();
    if (frame.node.kind == Yaml::Kind::map) {
      node.key_line = frame.key_mark.line + 1;
      node.key_column = frame.key_mark.column + 1;
    }
    frame.node.members.push_back({std::exchange(frame.key, {}), std::move(node)});
    frame.has_key = false;
  }

  Yaml root_;
  std::vector<Frame> open_;
  int documents_ = 0;
};

std::string line_of(std::string_view text, int line) {
  for (int i = 1; i < line; ++i) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return "";
    text.remove_prefix(end + 1);
  }
  auto out = text.substr(0, text.find('\n'));
  if (out.ends_with('\r')) out.remove_suffix(1);
  return std::string(out);
}

std::string scalar_text(const Yaml& node) {
  const bool lines = node.text.find_first_of("\n\r\t") != std::string::npos;
  if (!node.quoted && !lines && !node.text.empty()) return node.text;
  // A JSON string is a double-quoted YAML scalar.
  return nlohmann::json(node.text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string key_text(const std::string& key) {
  const bool word = !key.empty() && std::ranges::all_of(key, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.' || c == '/';
  });
  return scalar_text({.kind = Yaml::Kind::scalar, .text = key, .quoted = !word || key[0] == '-'});
}

}  // namespace

const Yaml* Yaml::find(std::string_view key) const {
  const auto found = std::ranges::find(members, key, &YamlMember::key);
  return kind != Kind::map || found == members.end() ? nullptr : &found->value;
}

Yaml* Yaml::find(std::string_view key) { return const_cast<Yaml*>(std::as_const(*this).find(key)); }

Yaml& Yaml::at(const std::string& key) {
  if (kind == Kind::null) kind = Kind::map;
  if (Yaml* there = find(key)) return *there;
  return members.emplace_back(YamlMember{key, Yaml{}}).value;
}

Yaml Yaml::string(std::string value) { return {.kind = Kind::scalar, .text = std::move(value), .quoted = true}; }

Yaml Yaml::plain(std::string value) { return {.kind = Kind::scalar, .text = std::move(value)}; }

Error yaml_error(std::string_view text, const std::string& file, int line, int column, std::string message,
                 std::string hint) {
  Error error{ErrorCode::spec, std::move(message), std::move(hint), {}, {}, {}};
  error.place = Place{file, line, column, 1, line_of(text, line)};
  return error;
}

Result<Yaml> parse_yaml(std::string_view text, const std::string& file) {
  if (text.size() > kMaxYamlBytes) {
    return fail(ErrorCode::limit, fmt::format("'{}' is larger than {} bytes", file, kMaxYamlBytes));
  }
  if (const auto fault = utf8_fault(text)) return fail(utf8_error(text, *fault, file));
  std::istringstream in{std::string(text)};
  Builder builder;
  const auto refuse = [&](const YAML::Mark& mark, std::string message, ErrorCode code) {
    Error error = yaml_error(text, file, mark.line + 1, mark.column + 1, std::move(message));
    error.code = code;
    return fail(std::move(error));
  };
  try {
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Refused& refused) {
    return refuse(refused.mark, refused.message, refused.code);
  } catch (const YAML::Exception& broken) {
    return refuse(broken.mark, "not YAML: " + broken.msg, ErrorCode::spec);
  }
  return builder.take();
}

std::string emit_yaml(const Yaml& node, int indent) {
  const std::string space(static_cast<std::size_t>(indent), ' ');
  std::string out;
  if (node.kind == Yaml::Kind::null) return space + "null\n";
  if (node.kind == Yaml::Kind::scalar) return space + scalar_text(node) + "\n";
  if (node.members.empty()) return space + (node.kind == Yaml::Kind::map ? "{}\n" : "[]\n");
  for (const auto& [key, value] : node.members) {
    const std::string head = space + (node.kind == Yaml::Kind::map ? key_text(key) + ":" : "-");
    const bool nested = !value.members.empty();
    out += nested ? head + "\n" + emit_yaml(value, indent + 2)
                  : head + (value.kind == Yaml::Kind::null ? "\n" : " " + emit_yaml(value));
  }
  return out;
}

}  // namespace forge
