# aifx_library(NAME SOURCES a.cc b.cc [PUBLIC lib...] [PRIVATE lib...])
# A static library of one folder. Includes are written from the repository's root.
function(aifx_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES})
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
    target_compile_options(${name} PRIVATE ${AIFX_WARNINGS})
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} INTERFACE ${ARG_PUBLIC})
  endif()
endfunction()

# aifx_heavy_headers(TARGET header...): compiles headers that cost seconds once for the target instead
# of once a file, and without the costlier optimizations: for code that waits, not for hot paths.
function(aifx_heavy_headers name)
  target_precompile_headers(${name} PRIVATE ${ARGN})
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()

# aifx_program(NAME OUTPUT file SOURCES ... LIBS ...): an executable in build/<preset>/bin.
function(aifx_program name)
  cmake_parse_arguments(ARG "" "OUTPUT" "SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LIBS})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_options(${name} PRIVATE ${AIFX_WARNINGS})
  set_target_properties(${name} PROPERTIES OUTPUT_NAME ${ARG_OUTPUT}
                        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()

# aifx_test(NAME SOURCES x_test.cc LIBS ... [LABELS unit|integration|threads] [TIMEOUT seconds])
# One GoogleTest program and one ctest entry.
function(aifx_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_LIBS} aifx_tests_support GTest::gmock
                                        GTest::gtest_main)
  target_compile_options(${name} PRIVATE ${AIFX_WARNINGS} -pthread $<$<CONFIG:Release>:-O1>)
  # All test programs share the headers of GoogleTest that the first one compiled.
  get_property(owner GLOBAL PROPERTY AIFX_TEST_HEADERS_OWNER)
  if(owner)
    target_precompile_headers(${name} REUSE_FROM ${owner})
  else()
    target_precompile_headers(${name} PRIVATE <gmock/gmock.h> <gtest/gtest.h>
                              <absl/status/statusor.h> <absl/time/time.h>)
    set_property(GLOBAL PROPERTY AIFX_TEST_HEADERS_OWNER ${name})
  endif()
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  foreach(label ${ARG_LABELS})  # tests_unit and so on build what `ctest -L unit` runs
    if(NOT TARGET tests_${label})
      add_custom_target(tests_${label})
    endif()
    add_dependencies(tests_${label} ${name})
  endforeach()
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
endfunction()

# aifx_benchmark(NAME SOURCES ... LIBS ...): an executable in build/<preset>/bench.
function(aifx_benchmark name)
  aifx_program(${name} OUTPUT ${name} ${ARGN})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
endfunction()
