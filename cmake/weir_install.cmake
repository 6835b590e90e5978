# Install rules and find_package(weir). Targets: weir::weir and, where it is built, weir::stages.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/weir)

install(TARGETS weir EXPORT weirTargets)
install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")

# The headers of the stages are included as "stages/...": they get a folder of their own that only weir::stages shows,
# so that no general name lands beside the system's headers.
if(TARGET weir_stages)
  set_target_properties(weir_stages PROPERTIES EXPORT_NAME stages)
  target_include_directories(weir_stages INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/weir_stages>)
  install(TARGETS weir_stages EXPORT weirTargets)
  install(DIRECTORY stages/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/weir_stages/stages
          FILES_MATCHING PATTERN "*.hpp")
endif()
if(TARGET weir_exe)
  install(TARGETS weir_exe)
endif()

install(EXPORT weirTargets NAMESPACE weir:: DESTINATION ${package_dir})
configure_package_config_file(cmake/weirConfig.cmake.in weirConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(weirConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/weirConfig.cmake ${PROJECT_BINARY_DIR}/weirConfigVersion.cmake
              ${PROJECT_SOURCE_DIR}/cmake/weir_libraries.cmake
        DESTINATION ${package_dir})
