# Language level, warnings, sanitizers, compiler cache and linker, the same for every target of ours.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
# Line tables only: full debug information of LibTorch's headers triples link time and build size.
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")

set(AIFX_SANITIZE "" CACHE STRING "Value for -fsanitize=, such as address,undefined or thread")

# Designated initializers leave members out on purpose: every one of ours has a default.
set(AIFX_WARNINGS -Wall -Wextra -Wno-missing-field-initializers -Wnon-virtual-dtor -Woverloaded-virtual -Wshadow=local -Werror)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  list(REMOVE_ITEM AIFX_WARNINGS -Wshadow=local)
  list(APPEND AIFX_WARNINGS -Wthread-safety -Wshadow-uncaptured-local)
endif()

if(AIFX_SANITIZE)
  add_compile_options(-fsanitize=${AIFX_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${AIFX_SANITIZE})
endif()

find_program(AIFX_CCACHE ccache)
if(AIFX_CCACHE)
  # Relative paths and a stable directory let two checkouts share the cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${AIFX_CCACHE})
endif()

find_program(AIFX_MOLD mold)
if(AIFX_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
