# libFuzzer programs, one a file in tests/fuzz: configure with clang (preset "fuzz").

if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  message(FATAL_ERROR "libFuzzer comes with clang: cmake --preset fuzz")
endif()

set(fuzz_rooms_yaml pilothouse_value)
set(fuzz_rooms_json pilothouse_value)
set(fuzz_rooms_text pilothouse_value)
set(fuzz_rooms_patch pilothouse_api)
set(fuzz_rooms_request pilothouse_apiserver)

enable_testing()
foreach(target yaml json text patch request)
  add_executable(fuzz_${target} "tests/fuzz/${target}.cpp")
  target_link_libraries(fuzz_${target} PRIVATE ${fuzz_rooms_${target}})
  target_link_options(fuzz_${target} PRIVATE -fsanitize=fuzzer)
endforeach()
