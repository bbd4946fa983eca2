# Run at build time (cmake -P): writes the git revision into a header, which changes only when the
# revision does, so that a build without a new commit compiles nothing.
# Input: SOURCE_DIR, OUTPUT. Without a repository (an image's build context, an archive) the
# environment variable AIFX_GIT_REVISION says it.
set(revision "$ENV{AIFX_GIT_REVISION}")
if(revision STREQUAL "")
  execute_process(
    COMMAND git -C ${SOURCE_DIR} describe --always --dirty --abbrev=12 --exclude=*
    OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT revision MATCHES "^[0-9a-zA-Z.+-]+$")
  set(revision "unknown")
endif()
set(content "#define AIFX_GIT_REVISION \"${revision}\"\n")
set(previous "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} previous)
endif()
if(NOT previous STREQUAL content)
  file(WRITE ${OUTPUT} "${content}")
endif()
