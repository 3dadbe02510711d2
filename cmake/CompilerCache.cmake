# Compiles through ccache where it is installed. The checkout's own path is kept out of the cache key
# (base directory, no working directory), so that every clone and worktree shares one cache.
find_program(FORGELUA_CCACHE ccache)
if(FORGELUA_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1
      "${FORGELUA_CCACHE}")
endif()
