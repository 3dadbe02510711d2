# Settings of our own targets: warnings are errors, and no path of the building machine is compiled in.
function(forge_own_target target)
  # Designated initialisers leave members to their defaults on purpose. GCC 12's -Wrestrict is wrong about
  # joining strings (its bug 105651).
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Werror
                         -Wno-missing-field-initializers -Wno-restrict
                         "-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=")
  if(FORGELUA_SANITIZE)
    # AddressSanitizer itself stops at null and wild pointers; without these checks a build takes half the time.
    set(sanitizers -fsanitize=address,undefined -fno-sanitize=null,alignment,vptr,object-size
        -fno-sanitize-recover=undefined)
    # GCC's flow analysis reports the standard library itself once sanitizers stand in between.
    target_compile_options(${target} PRIVATE ${sanitizers} -fno-omit-frame-pointer
                           -Wno-maybe-uninitialized)
    target_link_options(${target} PUBLIC ${sanitizers})
  endif()
endfunction()

# forge_layer(NAME [AFTER LAYER...] [LIBRARIES TARGET...] [SOURCES FILE...])
#
# Declares the static library forge_NAME from the sources of the calling folder (and any SOURCES beside
# them), linking the layers AFTER which it comes. A folder without sources becomes an interface library.
function(forge_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 layer "" "" "AFTER;LIBRARIES;SOURCES")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  list(APPEND sources ${layer_SOURCES})
  list(TRANSFORM layer_AFTER PREPEND "forge_")
  set(target "forge_${name}")
  if(sources)
    add_library(${target} STATIC ${sources})
    forge_own_target(${target})
    set(scope PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${target} ${scope} "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${target} ${scope} ${layer_AFTER} ${layer_LIBRARIES})
endfunction()

# forge_allocator(TARGET): plans are millions of small pieces, and mimalloc makes and frees them in less time. The sanitizers
# bring an allocator of their own, which must stay the only one.
if(FORGELUA_MIMALLOC)
  if(FORGELUA_SANITIZE)
    message(FATAL_ERROR "FORGELUA_MIMALLOC and FORGELUA_SANITIZE exclude each other")
  endif()
  find_package(mimalloc 2 QUIET)
  if(NOT TARGET mimalloc)
    message(STATUS "mimalloc is not installed: the C library's allocator serves, more slowly")
  endif()
endif()
function(forge_allocator target)
  if(FORGELUA_MIMALLOC AND TARGET mimalloc)
    # Most of it is called by other names than its own, so the linker must be told to keep it.
    target_compile_definitions(${target} PRIVATE FORGELUA_MIMALLOC)
    target_link_options(${target} PRIVATE "LINKER:--push-state,--no-as-needed" "$<TARGET_FILE:mimalloc>"
                        "LINKER:--pop-state")
  endif()
endfunction()
