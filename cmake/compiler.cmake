# The language, the warnings and the sanitizers of our own code.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  if(PILOTHOUSE_SANITIZE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
  else()
    set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
  endif()
endif()

# Assertions stay on in every build: no NDEBUG.
if(EMSCRIPTEN)
  set(CMAKE_CXX_FLAGS_RELEASE "-Os")  # the download counts more than the last tenth of speed
else()
  set(CMAKE_CXX_FLAGS_RELEASE "-O2")
endif()
if(PILOTHOUSE_SANITIZE)
  set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1 -fno-omit-frame-pointer")
else()
  set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
endif()

# The same arithmetic natively and in WebAssembly, so that a session replays to the same digest in both.
add_compile_options(-ffp-contract=off)
if(EMSCRIPTEN)
  # Exceptions cross only between yaml-cpp, nlohmann/json and the readers over them (core/value): elsewhere each
  # call would become a detour through JavaScript.
  add_link_options(-fexceptions)
endif()
if(PILOTHOUSE_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined -fno-sanitize-recover=all)
endif()

if(PILOTHOUSE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

add_library(pilothouse_options INTERFACE)
target_compile_options(pilothouse_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Werror)
target_include_directories(pilothouse_options INTERFACE "${CMAKE_SOURCE_DIR}")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False alarm on std::string concatenation (GCC bug 105651).
  target_compile_options(pilothouse_options INTERFACE -Wno-restrict)
endif()
if(PILOTHOUSE_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # The sanitizers' own branches set this one off.
  target_compile_options(pilothouse_options INTERFACE -Wno-maybe-uninitialized)
endif()

# Paths relative to the repository, so that a fresh clone elsewhere finds the cache warm.
find_program(PILOTHOUSE_CCACHE ccache)
if(PILOTHOUSE_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_NOHASHDIR=1
      "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" "${PILOTHOUSE_CCACHE}")
  if(EMSCRIPTEN)
    list(INSERT CMAKE_CXX_COMPILER_LAUNCHER 3 CCACHE_COMPILERTYPE=clang)
  endif()
endif()
