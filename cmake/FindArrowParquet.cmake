# Finds Apache Arrow's C++ library for Parquet without the CMake package of its distribution, which
# the Python wheel lacks.
#
# Works with the reduced tree that scripts/setup makes and with an installed Arrow C++.
#
# Input:  ARROW_ROOT (CMake or environment variable), the folder with include/ and lib/. Default:
#         the newest arrow-* that scripts/setup left in ${AIFX_DEPS_DIR}, by default ~/.cache/aifx.
# Output: ArrowParquet_FOUND, ArrowParquet_VERSION and the target ArrowParquet::ArrowParquet. Its
#         headers are SYSTEM headers; it links libparquet and libarrow.

set(_arrow_candidates)
if(ARROW_ROOT)
  list(APPEND _arrow_candidates "${ARROW_ROOT}")
elseif(DEFINED ENV{ARROW_ROOT})
  list(APPEND _arrow_candidates "$ENV{ARROW_ROOT}")
else()
  if(DEFINED ENV{AIFX_DEPS_DIR})
    set(_arrow_deps "$ENV{AIFX_DEPS_DIR}")
  else()
    set(_arrow_deps "$ENV{HOME}/.cache/aifx")
  endif()
  file(GLOB _arrow_candidates LIST_DIRECTORIES true "${_arrow_deps}/arrow-*")
  list(SORT _arrow_candidates COMPARE NATURAL ORDER DESCENDING)
  unset(_arrow_deps)
endif()

# ARROW_ROOT decides alone: an Arrow elsewhere on the machine is never mixed in.
find_path(ArrowParquet_INCLUDE_DIR parquet/arrow/writer.h
  PATHS ${_arrow_candidates} PATH_SUFFIXES include NO_DEFAULT_PATH)
foreach(_arrow_name arrow parquet)
  find_library(ArrowParquet_${_arrow_name}_LIBRARY ${_arrow_name}
    PATHS ${_arrow_candidates} PATH_SUFFIXES lib NO_DEFAULT_PATH)
  mark_as_advanced(ArrowParquet_${_arrow_name}_LIBRARY)
endforeach()
mark_as_advanced(ArrowParquet_INCLUDE_DIR)
unset(_arrow_candidates)
unset(_arrow_name)

set(ArrowParquet_VERSION)
if(EXISTS "${ArrowParquet_INCLUDE_DIR}/arrow/util/config.h")
  file(STRINGS "${ArrowParquet_INCLUDE_DIR}/arrow/util/config.h" _arrow_line
    REGEX "#define ARROW_VERSION_STRING \"")
  if(_arrow_line MATCHES "\"([0-9.]+)")
    set(ArrowParquet_VERSION "${CMAKE_MATCH_1}")
  endif()
  unset(_arrow_line)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(ArrowParquet
  REQUIRED_VARS ArrowParquet_parquet_LIBRARY ArrowParquet_arrow_LIBRARY ArrowParquet_INCLUDE_DIR
  VERSION_VAR ArrowParquet_VERSION
  REASON_FAILURE_MESSAGE "Run scripts/setup, or set ARROW_ROOT to an Arrow with Parquet.")

if(ArrowParquet_FOUND AND NOT TARGET ArrowParquet::ArrowParquet)
  add_library(ArrowParquet::arrow UNKNOWN IMPORTED)
  set_target_properties(ArrowParquet::arrow PROPERTIES
    IMPORTED_LOCATION "${ArrowParquet_arrow_LIBRARY}")
  add_library(ArrowParquet::ArrowParquet UNKNOWN IMPORTED)
  set_target_properties(ArrowParquet::ArrowParquet PROPERTIES
    IMPORTED_LOCATION "${ArrowParquet_parquet_LIBRARY}")
  target_include_directories(ArrowParquet::ArrowParquet SYSTEM INTERFACE
    "${ArrowParquet_INCLUDE_DIR}")
  target_link_libraries(ArrowParquet::ArrowParquet INTERFACE ArrowParquet::arrow)
endif()
