# How the project's own files are compiled: warnings and sanitizers.
if(WEIR_DEVELOPER_MODE)
  add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
endif()

if(WEIR_SANITIZE)
  add_compile_options(-fsanitize=${WEIR_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${WEIR_SANITIZE})
  # clang 14 cannot put this check's words in front of a coroutine ("cannot represent a difference across sections").
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND WEIR_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize=function)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-maybe-uninitialized) # GCC's own manual: false alarms under sanitizers; release builds keep it
  endif()
endif()

if(WEIR_BUILD_FUZZERS)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# weir_library(target): what every library of the tree has in common. Files are included from the root of the tree
# ("stages/text/regex.hpp"); who uses an installed library never sees the root.
function(weir_library target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
endfunction()

# weir_precompile(target header...): these headers are compiled once for the whole target, where WEIR_PRECOMPILE is "all". It is
# for builds beside which there is one without, which keeps each file's own includes complete and has the warnings. (GCC 12
# sees overflows that are not there behind a precompiled header.)
function(weir_precompile target)
  if(WEIR_PRECOMPILE STREQUAL all AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    target_precompile_headers(${target} PRIVATE ${ARGN})
    target_compile_options(${target} PRIVATE -Wno-error)
  endif()
endfunction()

# weir_not_under_tsan(target file...): these files of the target are compiled without ThreadSanitizer, because the
# library they wrap orders memory by fences, which it does not understand. Only for files that wrap one library and
# whose callers order what crosses them by tagged atomics of our own.
function(weir_not_under_tsan target)
  if(WEIR_SANITIZE MATCHES thread)
    set_property(SOURCE ${ARGN} TARGET_DIRECTORY ${target} APPEND PROPERTY COMPILE_OPTIONS -fno-sanitize=thread)
  endif()
endfunction()
