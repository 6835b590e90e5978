# weir_test(NAME n SOURCES file... [LINK target...] [TIMEOUT seconds] [SLOW] [ONE_THREAD])
# One test program, each of its GoogleTest cases a test of ctest. A case that runs longer than TIMEOUT (120) fails. Their
# label is the folder's name, with SLOW "folder.slow": `scripts/test --quick` leaves those out. ONE_THREAD: nothing in it
# runs beside anything else, so ThreadSanitizer's builds go without.
#
# weir_must_not_compile(NAME n SOURCE file [EXPECT regex])
# One test: the file compiles as it is, and does not with WEIR_MUST_NOT_COMPILE defined; what the compiler then says
# matches EXPECT. The first half shows that the second fails for its own reason.
include_guard(GLOBAL)
find_package(GTest REQUIRED)
include(GoogleTest)

# What nearly every test includes, compiled once for all of them: half of what a test takes to compile.
if(WEIR_PRECOMPILE AND CMAKE_CXX_COMPILER_ID STREQUAL GNU AND NOT TARGET weir_precompiled)
  file(WRITE ${PROJECT_BINARY_DIR}/weir_precompiled.cpp "")
  add_library(weir_precompiled OBJECT ${PROJECT_BINARY_DIR}/weir_precompiled.cpp)
  target_compile_features(weir_precompiled PRIVATE cxx_std_20)
  set_target_properties(weir_precompiled PROPERTIES CXX_EXTENSIONS OFF)
  target_link_libraries(weir_precompiled PRIVATE weir::weir GTest::gtest)
  target_precompile_headers(weir_precompiled PRIVATE <gtest/gtest.h> <weir/weir.hpp>)
endif()

function(weir_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "SLOW;ONE_THREAD" "NAME;TIMEOUT" "SOURCES;LINK")
  if(NOT arg_NAME OR NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "weir_test needs NAME and SOURCES, and knows no '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  if(arg_ONE_THREAD AND WEIR_SANITIZE MATCHES thread)
    return()
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  cmake_path(GET CMAKE_CURRENT_SOURCE_DIR FILENAME label)
  if(arg_SLOW)
    string(APPEND label .slow)
  endif()

  add_executable(${arg_NAME} ${arg_SOURCES})
  target_compile_features(${arg_NAME} PRIVATE cxx_std_20)
  set_target_properties(${arg_NAME} PROPERTIES CXX_EXTENSIONS OFF)
  target_include_directories(${arg_NAME} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${arg_NAME} PRIVATE ${arg_LINK} GTest::gtest_main)
  if(TARGET weir_precompiled)
    target_precompile_headers(${arg_NAME} REUSE_FROM weir_precompiled)
    target_compile_options(${arg_NAME} PRIVATE -Wno-error) # as weir_precompile() says
  endif()
  # One label a test: gtest_discover_tests() takes a list of them apart.
  gtest_discover_tests(${arg_NAME} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS ${label})
endfunction()

function(weir_must_not_compile)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;SOURCE;EXPECT" "")
  cmake_path(ABSOLUTE_PATH arg_SOURCE NORMALIZE)
  string(REPLACE " " ";" flags "-std=c++20 -fsyntax-only -Wall -Wextra -Werror")
  add_test(NAME ${arg_NAME}
           COMMAND ${CMAKE_COMMAND} -D "EXPECT=${arg_EXPECT}" -P ${PROJECT_SOURCE_DIR}/cmake/must_not_compile.cmake
                   -- ${CMAKE_CXX_COMPILER} ${flags} -I${PROJECT_SOURCE_DIR}/include -I${PROJECT_SOURCE_DIR}
                   ${arg_SOURCE})
  set_tests_properties(${arg_NAME} PROPERTIES TIMEOUT 120 LABELS must_not_compile)
endfunction()
