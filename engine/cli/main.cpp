#include <iostream>

#include "engine/cli/app.hpp"

int main(int argc, char** argv) { return forge::run_app(argc, argv, std::cout, std::cerr); }
