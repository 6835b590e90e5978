# The libraries of the stages that bring no CMake package of their own, as imported targets where they are installed:
# weir_lib::isal, weir_lib::deflate, weir_lib::zstd, weir_lib::re2. A folder of stages asks `if(TARGET weir_lib::zstd)`.
# The build uses this file and so does an installed weirConfig.cmake, hence both see the same names.
include_guard(GLOBAL)

# weir_import_library(name HEADER library): weir_lib::name, where the header and the library are found.
function(weir_import_library name header library)
  find_path(WEIR_${name}_INCLUDE_DIR ${header})
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
