# forge_embed_lua(OUTPUT) generates OUTPUT, which implements engine/lua/embedded.hpp, from every Lua file of
# the product. A changed, added or removed file makes it anew.
function(forge_embed_lua output)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}"
       "${PROJECT_SOURCE_DIR}/stdlib/*.lua"
       "${PROJECT_SOURCE_DIR}/strategies/*.lua"
       "${PROJECT_SOURCE_DIR}/dialects/*.lua")
  list(SORT files COMPARE STRING CASE SENSITIVE)
  string(REPLACE ";" "\n" lines "${files}")
  set(list_file "${CMAKE_CURRENT_BINARY_DIR}/embedded_files.txt")
  file(CONFIGURE OUTPUT "${list_file}" CONTENT "${lines}\n" @ONLY)
  list(TRANSFORM files PREPEND "${PROJECT_SOURCE_DIR}/" OUTPUT_VARIABLE paths)
  add_executable(embed_lua "${CMAKE_CURRENT_SOURCE_DIR}/embed/main.cpp")
  forge_own_target(embed_lua)
  target_link_libraries(embed_lua PRIVATE PkgConfig::luajit)
  add_custom_command(
    OUTPUT "${output}"
    COMMAND embed_lua "${PROJECT_SOURCE_DIR}" "${list_file}" "${output}"
    DEPENDS ${paths} "${list_file}" embed_lua
    COMMENT "Embedding the Lua files"
    VERBATIM)
  # Only this one generated file knows the checkout, so that the compiler cache serves all others anywhere.
  if(FORGELUA_LIVE)
    set_source_files_properties("${output}" PROPERTIES COMPILE_DEFINITIONS
                                "FORGELUA_SOURCE_DIR=\"${PROJECT_SOURCE_DIR}\"")
  endif()
endfunction()
