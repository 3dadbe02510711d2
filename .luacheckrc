-- The product's Lua runs in LuaJIT without the libraries that the sandbox leaves out.
std = "luajit"
max_line_length = 140
-- SQL and messages stand whole on a line, so that they can be searched for.
max_string_line_length = 160

codes = true
-- What the engine gives to what is built in, beyond the sandbox.
read_globals = { "place_of", "copy_of", "is_bare", "is_list", "is_same", "has_types", "renamed_query" }
-- tests/lua/errors holds specs with mistakes in them.
exclude_files = { "build/**", "tests/lua/errors/**" }
-- A loop that returns at once asks whether a table is empty: the sandbox has no `next`.
ignore = { "512" }

-- A spec's words are globals of its sandbox; the engine itself names unknown ones, with a hint.
files["examples/**/*.lua"] = { ignore = { "113", "111", "112", "631" } }
files["tests/cases/**/*.lua"] = { ignore = { "113", "111", "112", "631" } }
files["tests/lua/**/*.lua"] = { ignore = { "113", "111", "112", "631" } }
files["**/*.migration.lua"] = { ignore = { "113", "111", "112", "631" } }
-- Type declarations for editors: the names are the content.
files["stdlib/meta/**/*.lua"] = { ignore = { "1", "2", "3", "4", "5", "631" } }
