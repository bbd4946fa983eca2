# Finds LibTorch without the CMake package of its distribution, which asks for a
# CUDA toolkit.
#
# Works with the reduced tree that scripts/setup makes, with the official LibTorch
# archive and with the `torch` folder of an installed Python package.
#
# Input:  LIBTORCH_ROOT (CMake or environment variable), the folder with include/
#         and lib/. Default: the newest libtorch-* that scripts/setup left in
#         ${AIFX_DEPS_DIR}, by default ~/.cache/aifx.
# Output: LibTorch_FOUND, LibTorch_VERSION, LibTorch_LIBRARY_DIR and the target
#         LibTorch::LibTorch. Its headers are SYSTEM headers; it links libtorch_cpu
#         and libc10, and libtorch even where nothing refers to it: a compiled model
#         package names libtorch.so as needed, so it has to be loaded already.

set(_libtorch_candidates)
if(LIBTORCH_ROOT)
  list(APPEND _libtorch_candidates "${LIBTORCH_ROOT}")
elseif(DEFINED ENV{LIBTORCH_ROOT})
  list(APPEND _libtorch_candidates "$ENV{LIBTORCH_ROOT}")
else()
  if(DEFINED ENV{AIFX_DEPS_DIR})
    set(_libtorch_deps "$ENV{AIFX_DEPS_DIR}")
  else()
    set(_libtorch_deps "$ENV{HOME}/.cache/aifx")
  endif()
  file(GLOB _libtorch_candidates LIST_DIRECTORIES true "${_libtorch_deps}/libtorch-*")
  list(SORT _libtorch_candidates COMPARE NATURAL ORDER DESCENDING)
  unset(_libtorch_deps)
endif()

# LIBTORCH_ROOT decides alone: a LibTorch elsewhere on the machine is never mixed in.
find_path(LibTorch_INCLUDE_DIR torch/script.h
  PATHS ${_libtorch_candidates} PATH_SUFFIXES include NO_DEFAULT_PATH)
find_path(LibTorch_API_INCLUDE_DIR torch/torch.h
  PATHS ${_libtorch_candidates}
  PATH_SUFFIXES include/torch/csrc/api/include NO_DEFAULT_PATH)
foreach(_libtorch_name torch_cpu c10 torch)
  find_library(LibTorch_${_libtorch_name}_LIBRARY ${_libtorch_name}
    PATHS ${_libtorch_candidates} PATH_SUFFIXES lib NO_DEFAULT_PATH)
  mark_as_advanced(LibTorch_${_libtorch_name}_LIBRARY)
endforeach()
mark_as_advanced(LibTorch_INCLUDE_DIR LibTorch_API_INCLUDE_DIR)
unset(_libtorch_candidates)
unset(_libtorch_name)

set(LibTorch_VERSION)
foreach(_libtorch_header
    "${LibTorch_INCLUDE_DIR}/torch/headeronly/version.h"
    "${LibTorch_API_INCLUDE_DIR}/torch/version.h")
  if(NOT LibTorch_VERSION AND EXISTS "${_libtorch_header}")
    set(_libtorch_parts)
    foreach(_libtorch_part MAJOR MINOR PATCH)
      file(STRINGS "${_libtorch_header}" _libtorch_line
        REGEX "#define TORCH_VERSION_${_libtorch_part} [0-9]+")
      if(_libtorch_line MATCHES "([0-9]+)$")
        list(APPEND _libtorch_parts "${CMAKE_MATCH_1}")
      endif()
    endforeach()
    list(JOIN _libtorch_parts "." LibTorch_VERSION)
  endif()
endforeach()
unset(_libtorch_header)
unset(_libtorch_parts)
unset(_libtorch_part)
unset(_libtorch_line)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch
  REQUIRED_VARS LibTorch_torch_cpu_LIBRARY LibTorch_c10_LIBRARY
    LibTorch_torch_LIBRARY LibTorch_INCLUDE_DIR LibTorch_API_INCLUDE_DIR
  VERSION_VAR LibTorch_VERSION
  REASON_FAILURE_MESSAGE "Run scripts/setup, or set LIBTORCH_ROOT to a LibTorch.")

if(LibTorch_FOUND)
  get_filename_component(LibTorch_LIBRARY_DIR "${LibTorch_torch_cpu_LIBRARY}" DIRECTORY)
endif()

if(LibTorch_FOUND AND NOT TARGET LibTorch::LibTorch)
  add_library(LibTorch::c10 SHARED IMPORTED)
  set_target_properties(LibTorch::c10 PROPERTIES
    IMPORTED_LOCATION "${LibTorch_c10_LIBRARY}" IMPORTED_SONAME libc10.so)

  add_library(LibTorch::LibTorch SHARED IMPORTED)
  set_target_properties(LibTorch::LibTorch PROPERTIES
    IMPORTED_LOCATION "${LibTorch_torch_cpu_LIBRARY}"
    IMPORTED_SONAME libtorch_cpu.so)
  target_include_directories(LibTorch::LibTorch SYSTEM INTERFACE
    "${LibTorch_INCLUDE_DIR}" "${LibTorch_API_INCLUDE_DIR}")
  target_link_libraries(LibTorch::LibTorch INTERFACE LibTorch::c10
    # One item, so that CMake can neither reorder nor drop a part of it.
    "-Wl,--push-state,--no-as-needed,${LibTorch_torch_LIBRARY},--pop-state")
  # Lets the linker find what libtorch_cpu itself needs (libgomp and others).
  target_link_options(LibTorch::LibTorch INTERFACE
    "LINKER:-rpath-link,${LibTorch_LIBRARY_DIR}")
endif()
