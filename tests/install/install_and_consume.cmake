# The test behind tests/install: see its CMakeLists.txt for what is handed in.
function(run_or_fail)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE printed ERROR_VARIABLE printed)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nexit code ${result}\n${printed}")
  endif()
  set(printed "${printed}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK})
run_or_fail(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)
run_or_fail(${CMAKE_COMMAND} -S ${CONSUMER} -B ${WORK}/build -G ${GENERATOR} -D CMAKE_BUILD_TYPE=None
            -D CMAKE_PREFIX_PATH=${WORK}/prefix -D CMAKE_CXX_COMPILER=${COMPILER} -D "CMAKE_CXX_FLAGS=${FLAGS}"
            -D "CMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}")
run_or_fail(${CMAKE_COMMAND} --build ${WORK}/build)
run_or_fail(${WORK}/build/consumer)
if(NOT printed STREQUAL "weir ${VERSION}, sum 999000\n")
  message(FATAL_ERROR "the consumer printed '${printed}' and not 'weir ${VERSION}, sum 999000'")
endif()
