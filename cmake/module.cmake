# hone_module(NAME vote SOURCES vote_matrix.cpp DEPENDS core
#             TESTS vote_matrix_test.cpp BENCHMARKS vote_matrix_bench.cpp FUZZERS vote_reader_fuzz.cpp)
#
# Makes the library hone::vote, one test program, and a program for each
# benchmark and fuzzer. Headers lie beside sources; an include line is a path from the root.
# PUBLIC_DEPENDS names targets of other projects that our headers include, PRIVATE_DEPENDS those that only sources include.
function(hone_module)
  cmake_parse_arguments(PARSE_ARGV 0 M "" "NAME" "SOURCES;DEPENDS;PUBLIC_DEPENDS;PRIVATE_DEPENDS;TESTS;BENCHMARKS;FUZZERS")
  set(target hone_${M_NAME})
  add_library(${target} ${M_SOURCES})
  add_library(hone::${M_NAME} ALIAS ${target})
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

# GCC 12 sees overlapping copies in "literal" + std::move(string) where there are none (its bug 105651).
function(hone_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
    $<$<BOOL:${HONE_WERROR}>:-Werror>)
endfunction()

function(hone_program name library sources)
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE ${library} ${ARGN})
  hone_warnings(${name})
endfunction()

# x_fuzz.cpp reads the corpus tests/fuzz/x. Clang makes a fuzzer of it; any other compiler
# a program that replays the corpus, so that what was once found stays found everywhere.
function(hone_fuzzer library source)
  cmake_path(GET source STEM name)
  string(REGEX REPLACE "_fuzz$" "" subject ${name})
  set(corpus ${PROJECT_SOURCE_DIR}/tests/fuzz/${subject})
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    hone_program(${name} ${library} ${source} -fsanitize=fuzzer)
    add_test(NAME fuzz.${subject} COMMAND ${name} -runs=0 ${corpus})
  else()
    hone_program(${name} ${library} "${source};${PROJECT_SOURCE_DIR}/tests/fuzz/replay.cpp")
    add_test(NAME fuzz.${subject} COMMAND ${name} ${corpus})
  endif()
endfunction()
