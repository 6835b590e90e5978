# The libraries of the stages that bring no CMake package of their own, as imported targets where they are installed:
# weir_lib::isal, deflate, zstd, re2, simdjson, xxhash, sqlite3, pq, and of headers alone pegtl, asio. A folder of stages asks `if(TARGET weir_lib::zstd)`.
# The build uses this file and so does an installed weirConfig.cmake, hence both see the same names.
include_guard(GLOBAL)

# weir_import_library(name HEADER library): weir_lib::name, where the header and the library are found.
function(weir_import_library name header library)
  find_path(WEIR_${name}_INCLUDE_DIR ${header} PATH_SUFFIXES postgresql)
  find_library(WEIR_${name}_LIBRARY ${library})
  mark_as_advanced(WEIR_${name}_INCLUDE_DIR WEIR_${name}_LIBRARY)
  if(WEIR_${name}_INCLUDE_DIR AND WEIR_${name}_LIBRARY)
    add_library(weir_lib::${name} UNKNOWN IMPORTED GLOBAL)
    set_target_properties(weir_lib::${name} PROPERTIES IMPORTED_LOCATION "${WEIR_${name}_LIBRARY}"
                          INTERFACE_INCLUDE_DIRECTORIES "${WEIR_${name}_INCLUDE_DIR}")
  endif()
endfunction()

weir_import_library(isal isa-l.h isal)
weir_import_library(deflate libdeflate.h deflate)
weir_import_library(zstd zstd.h zstd)
weir_import_library(re2 re2/re2.h re2)
weir_import_library(simdjson simdjson.h simdjson)
weir_import_library(xxhash xxhash.h xxhash)
weir_import_library(sqlite3 sqlite3.h sqlite3)
weir_import_library(pq libpq-fe.h pq)

# weir_import_headers(name HEADER): weir_lib::name, a library of headers alone.
function(weir_import_headers name header)
  find_path(WEIR_${name}_INCLUDE_DIR ${header})
  mark_as_advanced(WEIR_${name}_INCLUDE_DIR)
  if(WEIR_${name}_INCLUDE_DIR)
    add_library(weir_lib::${name} INTERFACE IMPORTED GLOBAL)
    set_target_properties(weir_lib::${name} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${WEIR_${name}_INCLUDE_DIR}")
  endif()
endfunction()

weir_import_headers(pegtl tao/pegtl.hpp)
weir_import_headers(asio asio.hpp)
