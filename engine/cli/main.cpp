#include <CLI/CLI.hpp>

int main(int argc, char** argv) {
  CLI::App app{"Zero-downtime schema migrations from a declarative spec", "forgelua"};
  app.set_version_flag("--version", "forgelua " FORGELUA_VERSION);
  CLI11_PARSE(app, argc, argv);
  return 0;
}
