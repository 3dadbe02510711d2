// embed_lua ROOT LIST OUTPUT: writes OUTPUT, a C++ file that implements engine/lua/embedded.hpp with each file named in LIST
// (one a line, relative to ROOT): its text, and what the compiler makes of that. Runs while the product is built.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <lua.hpp>
#include <sstream>
#include <string>

namespace {

constexpr const char* kDelimiter = "forge-lua";

[[noreturn]] void stop(const std::string& why) {
  std::cerr << "embed_lua: " << why << "\n";
  std::exit(1);
}

std::string text_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) stop("'" + file + "' cannot be read");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

int add_part(lua_State*, const void* part, std::size_t size, void* out) {
  static_cast<std::string*>(out)->append(static_cast<const char*>(part), size);
  return 0;
}

// With its lines and names: errors read as if the text had been compiled on the spot.
std::string compiled(lua_State* L, const std::string& name, const std::string& text) {
  std::string out;
  if (luaL_loadbufferx(L, text.data(), text.size(), ("@" + name).c_str(), "t") != 0) stop(lua_tostring(L, -1));
  if (lua_dump(L, add_part, &out) != 0) stop("'" + name + "' cannot be compiled ahead");
  lua_pop(L, 1);
  return out;
}

// A string literal of any bytes.
std::string literal(const std::string& bytes) {
  constexpr std::size_t kLine = 40;
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i % kLine == 0) out += i == 0 ? "\"" : "\"\n     \"";
    char octal[5];
    std::snprintf(octal, sizeof octal, "\\%03o", static_cast<unsigned char>(bytes[i]));
    out += octal;
  }
  return out + "\"";
}

std::string entry(lua_State* L, const std::string& root, const std::string& name) {
  const std::string text = text_of(root + "/" + name);
  const std::string end = std::string(")") + kDelimiter + "\"";
  if (text.find(end) != std::string::npos) stop("'" + name + "' contains " + end + ", which ends an embedded file");
  return "    {\"" + name + "\"sv, R\"" + kDelimiter + "(" + text + end + "sv,\n     " +
         literal(compiled(L, name, text)) + "sv},\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) stop("usage: embed_lua ROOT LIST OUTPUT");
  lua_State* L = luaL_newstate();
  if (L == nullptr) stop("there is no memory for a Lua machine");
  std::ifstream list(argv[2]);
  std::ostringstream entries;
  std::size_t count = 0;
  for (std::string name; std::getline(list, name);) {
    if (name.empty()) continue;
    entries << entry(L, argv[1], name);
    ++count;
  }
  std::ofstream out(argv[3], std::ios::binary);
  out << "// Generated from the Lua files of the product.\n#include \"engine/lua/embedded.hpp\"\n\n#include <array>\n\n"
      << "namespace forge {\nnamespace {\n\nusing namespace std::string_view_literals;\n\n"
      << "constexpr std::array<EmbeddedFile, " << count << "> kFiles = {{\n"
      << entries.str() << "}};\n\n}  // namespace\n\n"
      << "std::span<const EmbeddedFile> embedded_files() { return kFiles; }\n\n"
      << "std::string_view source_root() {\n#ifdef FORGELUA_SOURCE_DIR\n  return FORGELUA_SOURCE_DIR;\n"
      << "#else\n  return {};\n#endif\n}\n\n}  // namespace forge\n";
  lua_close(L);
  if (!out.flush()) stop(std::string("'") + argv[3] + "' cannot be written");
  return 0;
}
