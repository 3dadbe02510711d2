#ifdef FORGELUA_MIMALLOC
#include <mimalloc.h>
#endif

#include <cerrno>
#include <cstring>
#include <iostream>

#include "engine/base/heap_region.hpp"
#include "engine/cli/app.hpp"

int main(int argc, char** argv) {
#ifdef FORGELUA_MIMALLOC
  // A plan of thousands of tables touches a hundred thousand pages of 4 kB for the first time, each at a microsecond or more: take
  // large ones from the start, and keep what is free, as it is wanted again at once.
  mi_option_enable(mi_option_large_os_pages);
  mi_option_set(mi_option_eager_commit_delay, 0);
#if MI_MALLOC_VERSION < 210
  mi_option_disable(mi_option_allow_decommit);
#else
  mi_option_set(mi_option_purge_delay, -1);
#endif
  forge::heap_takes_region = [](void* begin, std::size_t bytes) {
    return mi_manage_os_memory(begin, bytes, true, false, true, -1);
  };
#endif
  const int code = forge::run_app(argc, argv, std::cout, std::cerr);
  errno = 0;
  std::cout.flush();
  // A full disk behind `> file` leaves half of an answer, which must not look like a whole one.
  if (!std::cout) {
    std::cerr << "error: standard output cannot be written" << (errno != 0 ? ": " : "")
              << (errno != 0 ? std::strerror(errno) : "") << "\n";
    return code == 0 ? 1 : code;
  }
  return code;
}
