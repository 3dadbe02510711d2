// The product as its users have it: the binary, and the packages it writes.
#pragma once

#include <filesystem>
#include <string>

#include "tests/support/case.hpp"
#include "tests/support/process.hpp"

namespace forge::test {

// The checkout that the tests were built from.
std::string source_folder();

// The line of the shell that runs the binary which was built beside this test program.
std::string product_line(const std::string& arguments);

// Runs it in the checkout.
Outcome run_product(const std::string& arguments);

// Compares a package with the approved one of the case (`approved/ENGINE` in its folder): its scripts and digest, or the
// whole of it where the case says so. FORGELUA_APPROVE=1 writes the approved files anew instead.
void check_approved(const Case& given, const std::string& engine, const std::filesystem::path& package);

}  // namespace forge::test
