# hone_module(NAME vote SOURCES vote_matrix.cpp DEPENDS core
#             TESTS vote_matrix_test.cpp BENCHMARKS vote_matrix_bench.cpp FUZZERS vote_reader_fuzz.cpp)
#
# Makes the library hone::vote, one test program, and a program for each
# benchmark and fuzzer. Headers lie beside sources; an include line is a path from the root.
# PUBLIC_DEPENDS names targets of other projects that our headers include, PRIVATE_DEPENDS those that only sources include.
# `cmake --install` gives it to other projects as Hone::vote with its headers, unless it is NOT_INSTALLED (install.cmake).
function(hone_module)
  cmake_parse_arguments(PARSE_ARGV 0 M "NOT_INSTALLED" "NAME" "SOURCES;DEPENDS;PUBLIC_DEPENDS;PRIVATE_DEPENDS;TESTS;BENCHMARKS;FUZZERS")
  set(target hone_${M_NAME})
  add_library(${target} ${M_SOURCES})
  add_library(hone::${M_NAME} ALIAS ${target})
  add_library(Hone::${M_NAME} ALIAS ${target})  # The name it has where it is installed.
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${M_NAME} POSITION_INDEPENDENT_CODE ON)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  hone_warnings(${target})
  foreach(floor IN LISTS M_DEPENDS)
    if(NOT TARGET hone::${floor})
      message(FATAL_ERROR "hone/${M_NAME} depends on hone/${floor}, which is not a floor below it")
    endif()
    target_link_libraries(${target} PUBLIC hone::${floor})
  endforeach()
  target_link_libraries(${target} PUBLIC ${M_PUBLIC_DEPENDS} PRIVATE ${M_PRIVATE_DEPENDS})
  if(NOT M_NOT_INSTALLED)
    hone_install_module(${target})
  endif()

  if(HONE_TESTS_NAMED)
    hone_keep_tests_named(M_TESTS)
  endif()
  if(HONE_BUILD_TESTS AND M_TESTS)
    hone_program(${target}_test ${target} "${M_TESTS}" GTest::gtest_main)
    include(GoogleTest)
    gtest_discover_tests(${target}_test TEST_PREFIX ${M_NAME}. PROPERTIES LABELS unit)
  endif()
  if(HONE_BUILD_TESTS)
    foreach(source IN LISTS M_FUZZERS)
      hone_fuzzer(${target} ${source})
    endforeach()
  endif()
  if(HONE_BUILD_BENCHMARKS)
    foreach(source IN LISTS M_BENCHMARKS)
      cmake_path(GET source STEM name)
      hone_program(${name} ${target} ${source} benchmark::benchmark_main)
    endforeach()
  endif()
endfunction()

# Keeps the test files in which a test's name matches HONE_TESTS_NAMED.
function(hone_keep_tests_named list)
  set(kept "")
  foreach(file IN LISTS ${list})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(STRINGS ${file} found REGEX "^TEST.*(${HONE_TESTS_NAMED})")
    if(found)
      list(APPEND kept ${file})
    endif()
  endforeach()
  set(${list} ${kept} PARENT_SCOPE)
endfunction()

# GCC 12 sees overlapping copies in "literal" + std::move(string) where there are none (its bug 105651). Where several files are compiled as
# one (the presets sanitize and threads), a local name may well be that of another file,
# and a type without a name outside its file is no header's.
function(hone_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic $<IF:$<BOOL:${CMAKE_UNITY_BUILD}>,-Wno-subobject-linkage,-Wshadow> $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
    $<$<BOOL:${HONE_WERROR}>:-Werror>)
endfunction()

function(hone_program name library sources)
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE ${library} ${ARGN})
  hone_warnings(${name})
endfunction()

# x_fuzz.cpp reads the corpus tests/fuzz/x. Clang makes a fuzzer of it (the preset `fuzz`, run by tests/fuzzers.py); any other
# compiler a program that replays the corpus, so that what was once found stays found everywhere.
function(hone_fuzzer library source)
  cmake_path(GET source STEM name)
  string(REGEX REPLACE "_fuzz$" "" subject ${name})
  set(corpus ${PROJECT_SOURCE_DIR}/tests/fuzz/${subject})
  if(NOT TARGET hone_fuzzers)
    add_custom_target(hone_fuzzers)
  endif()
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    hone_program(${name} ${library} ${source} -fsanitize=fuzzer)
    add_test(NAME fuzz.${subject} COMMAND ${name} -runs=0 ${corpus})
  else()
    hone_program(${name} ${library} "${source};${PROJECT_SOURCE_DIR}/tests/fuzz/replay.cpp")
    add_test(NAME fuzz.${subject} COMMAND ${name} ${corpus})
  endif()
  add_dependencies(hone_fuzzers ${name})
endfunction()
