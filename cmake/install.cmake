# What `cmake --install` gives, in three parts that can be had alone with --component:
#
#   programs      bin/hone, and bin/hone-verify, which checks a ledger without it
#   training      bin/hone-train, which `hone` looks for beside itself, and libtorch
#   development   headers, static libraries and lib/cmake/Hone for other projects: find_package(Hone CONFIG)
#
# Libraries that come from wheels are no part of any system, so each part brings those that it needs, in a folder of their own (lib/hone): nothing
# else ever finds them by accident. Libraries of the system stay where they are; `./dev package` brings these too. Everything finds everything
# relative to itself, so the folder can be moved.
set(hone_private_libraries ${CMAKE_INSTALL_LIBDIR}/hone)
# What says nothing else (the manual, completion) comes with the programs.
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME programs)
set(hone_cmake_folder ${CMAKE_INSTALL_LIBDIR}/cmake/Hone)

# RPATH, not RUNPATH: it also holds for what the libraries themselves need, and no LD_LIBRARY_PATH of some other software comes before it.
function(hone_install_program target component)
  set_target_properties(${target} PROPERTIES INSTALL_RPATH "$ORIGIN/../${hone_private_libraries}")
  target_link_options(${target} PRIVATE -Wl,--disable-new-dtags)
  install(TARGETS ${target} RUNTIME_DEPENDENCY_SET ${component}_libraries RUNTIME COMPONENT ${component})
  hone_install_libraries(${component} ${component}_libraries)
endfunction()

# Of a set of libraries those that lie in a wheel, or in the folder named by HONE_TORCH.
function(hone_install_libraries component set)
  set(folders ${HONE_PYTHON_SDK})
  if(HONE_TORCH)
    list(APPEND folders ${HONE_TORCH})
  endif()
  foreach(folder IN LISTS folders)
    file(REAL_PATH ${folder} real)
    list(APPEND theirs ${folder}/ ${real}/)
  endforeach()
  list(TRANSFORM theirs REPLACE [=[([][.+*?^$()|\])]=] [=[\\\1]=])
  list(TRANSFORM theirs PREPEND ^)
  install(RUNTIME_DEPENDENCY_SET ${set} POST_INCLUDE_REGEXES ${theirs} POST_EXCLUDE_REGEXES .*
    LIBRARY DESTINATION ${hone_private_libraries} COMPONENT ${component})
endfunction()

# Headers whose names end in _internal or _testing are nobody else's.
function(hone_install_module target)
  install(TARGETS ${target} EXPORT HoneTargets ARCHIVE COMPONENT development LIBRARY COMPONENT development)
  file(GLOB headers CONFIGURE_DEPENDS *.h)
  list(FILTER headers EXCLUDE REGEX "_(internal|testing)\\.h$")
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  install(FILES ${headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/${folder} COMPONENT development)
endfunction()

# Arrow's types stand in our headers, so whoever includes these needs the very Arrow that we were built with.
function(hone_install_arrow)
  get_target_property(libraries hone_dep::arrow INTERFACE_LINK_LIBRARIES)
  foreach(library IN LISTS libraries)
    get_target_property(file ${library} IMPORTED_LOCATION)
    install(FILES ${file} DESTINATION ${hone_private_libraries} COMPONENT development)
  endforeach()
  install(DIRECTORY ${hone_arrow_headers}/arrow ${hone_arrow_headers}/parquet DESTINATION ${hone_private_libraries}/include
    COMPONENT development FILES_MATCHING PATTERN *.h)
endfunction()

function(hone_install_exports)
  if(NOT HONE_SYSTEM_ARROW)
    hone_install_arrow()
  endif()
  install(TARGETS hone EXPORT HoneTargets)
  install(EXPORT HoneTargets NAMESPACE Hone:: DESTINATION ${hone_cmake_folder} COMPONENT development)

  include(CMakePackageConfigHelpers)
  set(private_libraries ${hone_private_libraries})
  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/HoneConfig.cmake.in ${PROJECT_BINARY_DIR}/HoneConfig.cmake
    INSTALL_DESTINATION ${hone_cmake_folder} PATH_VARS private_libraries NO_CHECK_REQUIRED_COMPONENTS_MACRO)
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/HoneConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/HoneConfig.cmake ${PROJECT_BINARY_DIR}/HoneConfigVersion.cmake DESTINATION ${hone_cmake_folder}
    COMPONENT development)
endfunction()
