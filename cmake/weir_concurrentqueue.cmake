# weir_lib::concurrentqueue: moodycamel's headers, so that <concurrentqueue/concurrentqueue.h> names them. Debian installs
# them by that name, the project's own install puts them in concurrentqueue/moodycamel/.
find_path(WEIR_concurrentqueue_INCLUDE_DIR
          NAMES concurrentqueue/concurrentqueue.h concurrentqueue/moodycamel/concurrentqueue.h
          DOC "The folder that holds concurrentqueue/concurrentqueue.h")
mark_as_advanced(WEIR_concurrentqueue_INCLUDE_DIR)
if(NOT WEIR_concurrentqueue_INCLUDE_DIR)
  message(FATAL_ERROR "concurrentqueue/concurrentqueue.h not found (Debian: apt-get install libconcurrentqueue-dev)")
endif()

add_library(weir_lib::concurrentqueue INTERFACE IMPORTED GLOBAL)
set(found ${WEIR_concurrentqueue_INCLUDE_DIR})
if(NOT EXISTS ${found}/concurrentqueue/concurrentqueue.h)
  set(forwarded ${PROJECT_BINARY_DIR}/forwarded)
  file(WRITE ${forwarded}/concurrentqueue/concurrentqueue.h
       "#include \"${found}/concurrentqueue/moodycamel/concurrentqueue.h\"\n")
  set(found ${forwarded})
endif()
set_target_properties(weir_lib::concurrentqueue PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${found})
