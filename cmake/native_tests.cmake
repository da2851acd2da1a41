# One test program a room, the scenarios' runner, the tools and the bench. A folder without sources is skipped.

add_library(pilothouse_test_main STATIC EXCLUDE_FROM_ALL tests/unit/main.cpp)
target_link_libraries(pilothouse_test_main PUBLIC pilothouse_options doctest)

function(pilothouse_test name folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${folder}/*.cpp")
  if(sources)
    add_executable(${name} ${sources})
    target_link_libraries(${name} PRIVATE pilothouse_test_main ${ARGN})
    add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    set_tests_properties(${name} PROPERTIES ENVIRONMENT
      "ASAN_OPTIONS=detect_stack_use_after_return=1;UBSAN_OPTIONS=print_stacktrace=1")
  endif()
endfunction()

foreach(room IN LISTS rooms ITEMS cluster http web)
  pilothouse_test(test_${room} tests/unit/${room} pilothouse_${room})
endforeach()
if(TARGET test_http)
  # Kubernetes' own encoded objects are what the decoder is held against.
  target_compile_definitions(test_http PRIVATE "PILOTHOUSE_K8S_API=\"${k8s-api_dir}\"")
endif()
pilothouse_test(test_scenarios tests/scenarios pilothouse_cluster)

file(GLOB tools CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/tools/*.cpp")
foreach(tool IN LISTS tools)
  get_filename_component(name "${tool}" NAME_WE)
  add_executable(pilothouse_${name} "${tool}")
  target_link_libraries(pilothouse_${name} PRIVATE pilothouse_cluster)
endforeach()

# Screens of the page without a browser, for those who work on web/.
file(GLOB screenshot CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/tools/screenshot/*.cpp")
add_executable(pilothouse_screenshot EXCLUDE_FROM_ALL ${screenshot})
target_link_libraries(pilothouse_screenshot PRIVATE pilothouse_web)

file(GLOB bench CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/bench/*.cpp")
if(bench AND NOT PILOTHOUSE_SANITIZE)
  add_executable(pilothouse_bench ${bench})
  target_link_libraries(pilothouse_bench PRIVATE pilothouse_cluster)
endif()

file(GLOB chaos CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/chaos/*.cpp")
add_executable(pilothouse_chaos ${chaos})
target_link_libraries(pilothouse_chaos PRIVATE pilothouse_cluster)
