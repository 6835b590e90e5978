# weir_example(NAME n [SOURCES file...] [LINK target...] [ARGUMENTS word...])
# One example program, from n.cpp if no sources are named, and one test that runs it: it must exit with 0 and, where
# n.expected stands beside it, print exactly that.
include_guard(GLOBAL)

function(weir_example)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "SOURCES;LINK;ARGUMENTS")
  if(NOT arg_SOURCES)
    set(arg_SOURCES ${arg_NAME}.cpp)
  endif()
  add_executable(example_${arg_NAME} ${arg_SOURCES})
  set_target_properties(example_${arg_NAME} PROPERTIES OUTPUT_NAME ${arg_NAME} CXX_EXTENSIONS OFF)
  target_include_directories(example_${arg_NAME} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(example_${arg_NAME} PRIVATE weir::weir ${arg_LINK})
  add_test(NAME example.${arg_NAME}
           COMMAND ${CMAKE_COMMAND} -D EXPECTED=${CMAKE_CURRENT_SOURCE_DIR}/${arg_NAME}.expected
                   -D "RUN=$<TARGET_FILE:example_${arg_NAME}>;${arg_ARGUMENTS}"
                   -P ${PROJECT_SOURCE_DIR}/cmake/run_example.cmake)
  set_tests_properties(example.${arg_NAME} PROPERTIES TIMEOUT 120 LABELS examples)
endfunction()
